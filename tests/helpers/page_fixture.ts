/// <reference lib="dom" />
import { effect } from "@preact/signals-core";
import type { PageModel } from "../../lib/page/model/page_model.ts";
import type { OpenSocket } from "../../lib/page/net/page_client.ts";
import type { PagePlatform } from "../../lib/page/net/platform.ts";
import type { TabLogin } from "../../lib/page/net/tab_login.ts";
import type { KeptTexts } from "../../lib/page/text/kept.ts";
import { startPage } from "../../lib/page/state/page_state.ts";
import type { TransferPlatform } from "../../lib/page/state/transfer_platform.ts";
import type { KeptJob, KeptJobs } from "../../lib/page/transfer/kept_jobs.ts";
import { Mover } from "../../lib/page/transfer/mover.ts";
import type { ToMover } from "../../lib/page/transfer/mover_messages.ts";
import type { MoverWorker } from "../../lib/page/transfer/mover_pool.ts";
import type { PrivateFiles } from "../../lib/page/transfer/private_files.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { tcpConnector } from "../../lib/stream/tcp.ts";
import { within } from "./deadline.ts";
import { Protocol2Peer } from "./protocol2_peer.ts";
import { HashWorkers } from "./hash_workers.ts";
import { Proxy } from "./proxy.ts";
import { startServer, type TestServer } from "./servers.ts";

/** Texts in memory, in place of a browser's storage. */
export class MemoryTexts implements KeptTexts {
  readonly texts = new Map<string, string>();

  get(name: string): string | null {
    return this.texts.get(name) ?? null;
  }

  set(name: string, value: string | null): void {
    if (value === null) this.texts.delete(name);
    else this.texts.set(name, value);
  }
}

/** Jobs that are kept in memory. */
class MemoryJobs implements KeptJobs {
  readonly jobs = new Map<string, KeptJob>();
  /** Called before they are read. */
  onLoad: () => Promise<void> = () => Promise.resolve();

  async load(): Promise<readonly KeptJob[]> {
    await this.onLoad();
    return [...this.jobs.values()];
  }

  ids(): Promise<readonly string[]> {
    return Promise.resolve([...this.jobs.keys()]);
  }

  put(jobs: readonly KeptJob[]): void {
    for (const job of jobs) this.jobs.set(job.id, job);
  }

  delete(id: string): void {
    this.jobs.delete(id);
  }

  forgetLink(): void {
    this.jobs.clear();
  }
}

/** A mover on this thread, in place of a worker. */
class LocalWorker implements MoverWorker {
  onmessage: MoverWorker["onmessage"] = null;
  onerror: MoverWorker["onerror"] = null;
  readonly mover: Mover;

  constructor(open: OpenSocket) {
    this.mover = new Mover({
      open,
      post: (data) => queueMicrotask(() => this.onmessage?.({ data })),
      startHashWorker: () => new HashWorkers().start(),
    });
  }

  postMessage(message: ToMover): void {
    queueMicrotask(() => this.mover.onMessage(message));
  }

  terminate(): void {
    void this.mover.close();
  }
}

/** A page's state over TCP, and a proxy in between. */
export class PageFixture implements AsyncDisposable {
  /** Whether plain http leads to https. */
  needsTls = false;
  readonly tab = new MemoryTexts();
  readonly browser = new MemoryTexts();
  readonly jobs = new MemoryJobs();
  /** By which the page has come; `null` for what the tab keeps. */
  login: TabLogin | null = null;
  /** Where downloads wait until they are right; `null` for nowhere. */
  privateFiles: PrivateFiles | null = null;
  /** What the browser has saved, by name. */
  readonly saved = new Map<string, Blob>();
  /** The links that the browser was told to follow. */
  readonly followed: string[] = [];
  readonly #workers: LocalWorker[] = [];
  readonly #pages: { stop(): void }[] = [];

  private constructor(readonly server: TestServer, readonly proxy: Proxy) {}

  /** Starts a server and the proxy. */
  static async start(
    options: ServerSetup = {},
    files: Record<string, string | Uint8Array> = {},
  ): Promise<PageFixture> {
    const server = await startServer(options, files);
    return new PageFixture(server, await Proxy.start(server.port));
  }

  /** Opens the page, as a reload does. It may not be connected yet. */
  load() {
    const page = startPage(this.#platform(), this.#transfers());
    this.#pages.push(page);
    return page;
  }

  /** Opens the page. Resolves once it is connected, or cannot be. */
  async open(): Promise<PageModel> {
    const page = this.load();
    const { connection } = page.model;
    await page.ready;
    await until(() => !["connecting", "waiting"].includes(connection.value.kind), "a connection");
    return page.model;
  }

  /** Closes all pages. */
  close(): void {
    for (const page of this.#pages.splice(0)) page.stop();
  }

  /** Another client, in protocol 2. */
  connect(): Promise<Protocol2Peer> {
    return Protocol2Peer.connect(this.server.port);
  }

  readonly #open: OpenSocket = (signal) => {
    const endpoint = { hostname: "127.0.0.1", port: this.proxy.port };
    return tcpConnector.connect(endpoint, { timeoutMs: 5_000, ...(signal && { signal }) });
  };

  #transfers(): TransferPlatform {
    return {
      startWorker: () => {
        const worker = new LocalWorker(this.#open);
        this.#workers.push(worker);
        return worker;
      },
      movers: 2,
      memoryBytes: 16 * 1024 * 1024,
      privateFiles: this.privateFiles,
      kept: this.jobs,
      tab: "tab",
      browser: "browser",
      save: (blob, name) => void this.saved.set(name, blob),
      follow: (url) => void this.followed.push(url),
      pickFolder: null,
      guard() {},
    };
  }

  #platform(): PagePlatform {
    return {
      open: this.#open,
      connectBy() {},
      config: () => Promise.resolve(null),
      needsTls: () => Promise.resolve(this.needsTls),
      isSecure: false,
      origin: "http://127.0.0.1",
      tab: this.tab,
      login: this.login,
      browser: this.browser,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    for (const { mover } of this.#workers) await mover.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Resolves once `holds`, which reads signals, does. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = effect(() => {
    if (holds()) resolve();
  });
  await within(promise, what).finally(stop);
}
