/// <reference lib="dom" />
import type { Page } from "playwright-core";
import type { WebPageOptions } from "../../lib/web/page_options.ts";
import { BrowserPages, type PageOptions } from "./browser_pages.ts";
import { Protocol2Peer } from "./protocol2_peer.ts";
import { Proxy, type Tap } from "./proxy.ts";
import type { TestServer, TestServerOptions } from "./servers.ts";
import type { TempDir } from "./temp_dir.ts";
import { startWebServer } from "./web.ts";

/** What a scene begins with. */
export interface SceneOptions {
  readonly server?: TestServerOptions;
  readonly files?: Record<string, string | Uint8Array>;
  readonly web?: WebPageOptions;
  /** The served folder, which the scene removes. Default: a new one. */
  readonly root?: TempDir;
  /** The host in the address of the page. Default: 127.0.0.1. */
  readonly host?: string;
  /** What the bytes between page and server go through. */
  readonly taps?: readonly Tap[];
}

/** A server with the page, a proxy in between, and the browser of the test file. */
export class WebScene implements AsyncDisposable {
  readonly #contexts: { close(): Promise<void> }[] = [];

  private constructor(
    readonly pages: BrowserPages,
    readonly server: TestServer,
    readonly proxy: Proxy,
    /** The address of the page, through the proxy. */
    readonly url: string,
  ) {}

  static async start(pages: BrowserPages, options: SceneOptions = {}): Promise<WebScene> {
    const { server: serverOptions = {}, files = {}, web = {}, taps = [] } = options;
    const server = await startWebServer(
      { uploads: true, ...serverOptions },
      files,
      web,
      options.root,
    );
    const proxy = await Proxy.start(server.port, taps);
    const scheme = serverOptions.tls === undefined ? "http" : "https";
    const host = options.host ?? "127.0.0.1";
    return new WebScene(pages, server, proxy, `${scheme}://${host}:${proxy.port}/`);
  }

  /** Opens the page in a context of its own. */
  async open(options: PageOptions = {}): Promise<Page> {
    const page = await this.pages.open(this.url, options);
    this.#contexts.push(page.context());
    return page;
  }

  /** Opens the page, and waits until it is connected. */
  async openConnected(options: PageOptions = {}): Promise<Page> {
    const page = await this.open(options);
    await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
    return page;
  }

  /** A client in protocol 2 over TCP, with this nick. */
  async connect(nick: string): Promise<Protocol2Peer> {
    const peer = await Protocol2Peer.connect(this.server.port);
    await peer.request("NICK", { nick });
    return peer;
  }

  /** The content of a served file. */
  read(path: string): Uint8Array {
    return Deno.readFileSync(this.server.root.join(path));
  }

  /** Ends the scene. @throws {AssertionError} when a page has complained */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const context of this.#contexts) await context.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    this.pages.check();
  }
}
