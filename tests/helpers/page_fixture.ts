import { effect } from "@preact/signals-core";
import type { PageModel } from "../../lib/page/model/page_model.ts";
import type { KeptTexts, PagePlatform } from "../../lib/page/net/platform.ts";
import { startPage } from "../../lib/page/state/page_state.ts";
import type { ServerOptions } from "../../lib/server/config/options.ts";
import { tcpConnector } from "../../lib/stream/tcp.ts";
import { within } from "./deadline.ts";
import { Protocol2Peer } from "./protocol2_peer.ts";
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

/** A page's state over TCP, and a proxy in between. */
export class PageFixture implements AsyncDisposable {
  readonly tab = new MemoryTexts();
  readonly browser = new MemoryTexts();
  readonly #pages: { stop(): void }[] = [];

  private constructor(readonly server: TestServer, readonly proxy: Proxy) {}

  /** Starts a server and the proxy. */
  static async start(
    options: ServerOptions = {},
    files: Record<string, string> = {},
  ): Promise<PageFixture> {
    const server = await startServer(options, files);
    return new PageFixture(server, await Proxy.start(server.port));
  }

  /** Opens the page, as a reload does. Resolves once it is connected, or cannot be. */
  async open(): Promise<PageModel> {
    const page = startPage(this.#platform());
    this.#pages.push(page);
    const { connection } = page.model;
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

  #platform(): PagePlatform {
    const endpoint = { hostname: "127.0.0.1", port: this.proxy.port };
    return {
      open: (signal) =>
        tcpConnector.connect(endpoint, { timeoutMs: 5_000, ...(signal && { signal }) }),
      config: () => Promise.resolve(null),
      isSecure: false,
      origin: "http://127.0.0.1",
      tab: this.tab,
      browser: this.browser,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
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
