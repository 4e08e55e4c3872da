import type { Signal } from "@preact/signals-core";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { isOver } from "../../client/is_over.ts";
import { ServerRoute } from "../../client/server_route.ts";
import { ConnectionError, messageOf } from "../../protocol/errors.ts";
import type { Peer } from "../../protocol/peers.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import type { ServerInfo } from "../model/page_model.ts";
import type { PageClient } from "../net/page_client.ts";
import type { PagePlatform } from "../net/platform.ts";
import { startRelay } from "../net/relay.ts";

/** What {@link Roaming} uses of a page's session. */
export interface RoamingSession {
  /** As `PageModel.elsewhere`. */
  readonly elsewhere: Signal<readonly Peer[]>;
  readonly server: Signal<ServerInfo | null>;
  /** How often the workers of the page were to be loaded anew, for servers that have come since. */
  readonly renewals: Signal<number>;
  /** Connects to one server, where it is. @throws {ConnectionError}; {RequestError} */
  connect(options: ConnectOptions, origin: string): Promise<PageClient>;
}

/**
 * Leads a page to another server of the cluster when its own is gone, as `ServerRoute` leads the other clients.
 * Browsers open such a connection only to servers whose certificate they trust, and these take only pages of their
 * cluster, at the addresses of `--advertise`: where one of both is not so, the page shows links in its place.
 */
export class Roaming {
  readonly #home: string;
  readonly #session: RoamingSession;
  readonly #platform: Pick<PagePlatform, "connectBy">;
  readonly #route: ServerRoute<PageClient>;
  /** The servers that the policy of the page, or of its workers, names. */
  readonly #known: Set<string>;
  /** The last one that was connected. */
  #client: PageClient;

  /** @param client that of the first connection, to the server that the page is from */
  constructor(
    client: PageClient,
    session: RoamingSession,
    platform: Pick<PagePlatform, "connectBy">,
  ) {
    this.#home = client.origin;
    this.#session = session;
    this.#platform = platform;
    this.#client = this.#leaving(client);
    this.#known = new Set(this.#peers.map(formatPeer));
    const home = endpointOf(this.#home);
    this.#route = new ServerRoute(
      { ...home, protocol: 2 },
      (options) => this.#connect(options, formatEndpoint(options) === formatEndpoint(home)),
      client,
    );
    loadAll();
  }

  /** Connects to the first server that takes the page. @throws as {@link ServerRoute.connect} */
  async connect(options: ConnectOptions): Promise<PageClient> {
    const { hostname: _, port: _1, ...more } = options;
    return await this.#route.connect(
      more,
      this.#client.isClosed ? await this.#client.closed : null,
    );
  }

  /** To be called when the servers that are there have changed. */
  async noticePeers(): Promise<void> {
    const added = this.#peers.map(formatPeer).filter((peer) => !this.#known.has(peer));
    if (added.length === 0) return;
    for (const peer of added) this.#known.add(peer);
    const relay = await startRelay();
    if (relay === null) {
      for (const peer of added) this.#known.delete(peer); // The next change tries again
      return;
    }
    this.#platform.connectBy(relay);
    this.#session.renewals.value++;
  }

  async #connect(options: ConnectOptions, isHome: boolean): Promise<PageClient> {
    if (isHome) return this.#client = this.#leaving(await this.#try(options, this.#home));
    const peer = this.#peerAt(options);
    // A page with TLS may open no connection without; one without it is taken only by its like
    const scheme = peer?.fingerprint ? "https:" : "http:";
    if (peer === undefined || scheme !== new URL(this.#home).protocol) throw unreachable();
    const { origin } = new URL(`${scheme}//${formatEndpoint(options)}`);
    const { server, elsewhere } = this.#session;
    const told = server.value;
    this.#client = this.#leaving(await this.#try(options, origin));
    elsewhere.value = [peer];
    // What no connection tells, a server tells to its own pages only
    const { hasChat = false, hasUpload = false } = server.value ?? {};
    const { fingerprint } = peer;
    if (told !== null) server.value = { ...told, hasChat, hasUpload, urls: [origin], fingerprint };
    return this.#client;
  }

  get #peers(): readonly Peer[] {
    return this.#client.chat.cluster?.peers ?? [];
  }

  #peerAt({ hostname, port }: ConnectOptions): Peer | undefined {
    return this.#peers.find((peer) => peer.host === hostname && peer.port === port);
  }

  /** @throws {ConnectionError} `timeout` after the time of the options */
  async #try({ connectMs, signal, ...options }: ConnectOptions, origin: string) {
    const late = new AbortController();
    const timer = connectMs && setTimeout(() => late.abort(silent()), connectMs);
    const ends = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
    try {
      return await this.#session.connect({ ...options, signal: ends }, origin);
    } catch (error) {
      throw error instanceof DOMException ? unreachable() : error; // The policy of the page forbids it
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets a client leave a server that takes nothing more, as `ClientChat` does. */
  #leaving(client: PageClient): PageClient {
    const { chat } = client;
    queueMicrotask(() => this.noticePeers()); // Some may have come meanwhile
    const sinceMs = performance.now();
    chat.movesOn = (error, isCounted) => {
      const isAlone = (chat.cluster?.peers.length ?? 0) < 2;
      if (isAlone || !isOver(error, sinceMs, isCounted)) return false;
      client.close(new ConnectionError("timeout", messageOf(error), { cause: error }));
      return true;
    };
    return client;
  }
}

/** Loads what the page has no other place to load from than its server, while that is there. */
function loadAll(): void {
  const parts = [
    import("../net/prepare_login.ts"),
    import("../net/scram.ts"),
    import("./qr_path.ts"),
  ];
  for (const part of parts) part.catch(() => {}); // Its first use tells
}

function formatPeer({ host, port }: Peer): string {
  return formatEndpoint({ hostname: host, port });
}

function endpointOf(origin: string): { hostname: string; port: number } {
  const { hostname, port, protocol } = new URL(origin);
  const usual = protocol === "https:" ? 443 : 80;
  return { hostname: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? usual : Number(port) };
}

function unreachable(): ConnectionError {
  return new ConnectionError("unreachable", "The server cannot be reached from this page");
}

function silent(): ConnectionError {
  return new ConnectionError("timeout", "The server does not answer in time");
}
