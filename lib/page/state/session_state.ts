import { signal } from "@preact/signals-core";
import { pause } from "../../async/pause.ts";
import { endlessRetry } from "../../client/backoff.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import type { ChatUpdate } from "../../client/chat_update.ts";
import { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import type { ReceivedLink } from "../../protocol/link_answers.ts";
import type { Peer } from "../../protocol/peers.ts";
import type { Socket } from "../../stream/socket.ts";
import type { ConnectionState, Identity, ServerInfo } from "../model/page_model.ts";
import { loadPart } from "../net/load_part.ts";
import { connectPage, type PageClient } from "../net/page_client.ts";
import type { PagePlatform, ServerConfig } from "../net/platform.ts";
import type { Roaming, RoamingSession } from "./roaming.ts";
import { serverInfo } from "./server_info.ts";
import { type KeptLogin, restoreLogin, type TabLogin } from "../net/tab_login.ts";

/** Where a tab keeps its login. */
const LOGIN_NAME = "login";

/** Follows a {@link SessionState}. */
export interface SessionListener {
  /** Another client begins: nothing of the former is true for it. */
  onReset(): void;
  /** As `ReconnectingChatOptions.onUpdate`. */
  onUpdate(update: ChatUpdate, nick: string | null): void;
  /** The chat has been connected for the first time. */
  onStarted(chat: ReconnectingChat<PageClient>): void;
}

/** The page's connection to its server: it comes back by itself, and logs in again. */
export class SessionState implements RoamingSession {
  readonly connection = signal<ConnectionState>({ kind: "connecting" });
  readonly server = signal<ServerInfo | null>(null);
  readonly me = signal<Identity | null>(null);
  /** The link that the client has come by, as the server told it last; `null` for none. */
  readonly link = signal<ReceivedLink | null>(null);
  readonly elsewhere = signal<readonly Peer[]>([]);
  readonly renewals = signal(0);
  /** Connects to whichever server of the cluster is there; `null` while no other one is known. */
  #roaming: Roaming | null = null;
  readonly #platform: PagePlatform;
  readonly #listener: SessionListener;
  #login: TabLogin | null;
  #stop = new AbortController();
  /** Ends the pause before the next attempt. */
  #wake = new AbortController();
  /** The pause before the next attempt, which `open` makes. */
  #pauseMs = 0;
  #wasOpen = false;
  /** Whether the listener has a chat: until then nothing can be said. */
  #hasChat = false;
  #client: PageClient | null = null;
  /** What the server tells outside of the connection: asked for while that is opened. */
  #config: Promise<ServerConfig | null> | null = null;

  constructor(platform: PagePlatform, listener: SessionListener) {
    this.#platform = platform;
    this.#listener = listener;
    this.#login = platform.login ?? this.#restoreLogin();
  }

  /** The client of the connection, or of the last one. @throws {ConnectionError} before the first */
  get client(): PageClient {
    if (this.#client === null) throw new ConnectionError("lost", "There is no connection now");
    return this.#client;
  }

  /** Connects, as another client than before. */
  start(): void {
    this.stop();
    this.#stop = new AbortController();
    this.#pauseMs = 0;
    this.#hasChat = false;
    this.#reset();
    void this.#run(this.#stop.signal);
  }

  #reset(): void {
    this.connection.value = { kind: "connecting" }; // What is asked while it is open would fail
    this.me.value = null;
    this.#listener.onReset();
  }

  /** Closes the connection. */
  stop(): void {
    this.#stop.abort(new ConnectionError("lost", "The connection is closed"));
  }

  /** Connects at once, where an attempt waits or none would follow. */
  reconnect(): void {
    const { kind } = this.connection.value;
    if (["refused", "blocked", "needs-tls"].includes(kind)) this.start();
    else this.#wake.abort();
  }

  /** Logs in. The present client goes on until that has succeeded. @throws {RequestError} */
  async logIn(name: string, password: string): Promise<void> {
    let kept: KeptLogin | null = null;
    const { prepareLogin } = await loadPart(import("../net/prepare_login.ts"));
    const login = await prepareLogin(name, password, (salted) => kept = salted, loadPart);
    const { signal } = this.#stop;
    const { origin = this.#platform.origin } = this.#client ?? {};
    const client = await connectPage({ open: this.#platform.open, origin, login, signal });
    client.close();
    this.#login = login;
    this.#platform.tab.set(LOGIN_NAME, JSON.stringify(kept));
    this.start();
  }

  /** Goes on as a guest, and forgets the login. */
  logOut(): Promise<void> {
    this.#forgetLogin();
    this.start();
    return Promise.resolve();
  }

  async #run(stop: AbortSignal): Promise<void> {
    for (let failures = 0; !stop.aborted;) {
      try {
        const chat = await this.#startChat(stop);
        failures = 0;
        await chat.ended;
      } catch (error) {
        if (stop.aborted) return;
        const hadChat = this.#hasChat;
        this.#hasChat = false;
        const end = this.#endAfter(error);
        if (end !== null) {
          this.connection.value = end;
          return;
        }
        // The next client is another one: it is told all from the beginning
        if (hadChat) this.#reset();
        this.#pauseMs = endlessRetry(failures++, error) ?? 0;
      }
    }
  }

  async #startChat(signal: AbortSignal): Promise<ReconnectingChat<PageClient>> {
    const chat = await ReconnectingChat.start<PageClient>({
      hostname: this.#platform.origin,
      port: 0,
      peers: false, // `#roaming` leads to them
      protocol: 2,
      signal,
      retry: (failures, error) => this.#planRetry(failures, error),
      onUpdate: (update) => !signal.aborted && this.#onUpdate(update),
    }, (options) => this.#connect(options));
    signal.throwIfAborted();
    this.#hasChat = true;
    this.#listener.onStarted(chat);
    this.connection.value = { kind: "open" };
    return chat;
  }

  /** The pause itself is made by `#connect`, so that it can be ended. */
  #planRetry(failures: number, error: unknown): number | null {
    const ms = endlessRetry(failures, error);
    this.#pauseMs = ms ?? 0;
    if (failures > 0) this.elsewhere.value = this.#client?.chat.cluster?.peers.slice(1) ?? [];
    return ms === null ? null : 0;
  }

  /** Connects after the pause that is due. */
  async #connect(options: ConnectOptions): Promise<PageClient> {
    await this.#pause(options.signal);
    this.connection.value = { kind: "connecting" };
    return await (this.#roaming ?? this).connect(options);
  }

  async #pause(signal?: AbortSignal): Promise<void> {
    const ms = this.#pauseMs;
    this.#pauseMs = 0;
    if (ms === 0) return;
    this.connection.value = { kind: "waiting", retryAt: Date.now() + ms };
    this.#wake = new AbortController();
    const { signal: woken } = this.#wake;
    await pause(ms, signal === undefined ? woken : AbortSignal.any([signal, woken]));
    signal?.throwIfAborted();
  }

  /** Connects to one server. @param origin default: where the page is from */
  async connect(
    { signal, onEvent, resume, renames }: ConnectOptions,
    origin: string = this.#platform.origin,
  ): Promise<PageClient> {
    const client = await connectPage({
      open: (given, at) => this.#open(given, at),
      origin,
      login: this.#login,
      resume,
      renames,
      ...(signal && { signal }),
      onClient: (connected) => this.#client = connected,
      onEvent: (event) => {
        if (event.event === "peers") this.#roaming?.noticePeers();
        onEvent?.(event);
      },
    });
    this.#wasOpen = true;
    this.elsewhere.value = [];
    this.link.value = client.account?.link ?? null;
    this.server.value = serverInfo(client, await this.#config, new URL(origin).host);
    if (client.chat.cluster !== null) this.#roam(client);
    return client;
  }

  #roam(client: PageClient): void {
    import("./roaming.ts").then(({ Roaming }) => {
      this.#roaming ??= new Roaming(client, this, this.#platform);
    }).catch(() => {}); // The next connection tries again
  }

  async #open(signal?: AbortSignal, origin?: string): Promise<Socket> {
    const isHome = origin === this.#platform.origin;
    // Another server tells it to its own pages only
    this.#config = isHome ? this.#platform.config() : null;
    try {
      return await this.#platform.open(signal, origin);
    } catch (error) {
      signal?.throwIfAborted();
      const end = isHome ? await this.#obstacle() : null;
      throw end === null ? error : new ObstacleError(end);
    }
  }

  /** What keeps the browser from connecting for good; `null` for a failure that may pass. */
  async #obstacle(): Promise<ConnectionState | null> {
    const { isSecure, origin } = this.#platform;
    if (!isSecure) {
      if (!await this.#platform.needsTls()) return null;
      return { kind: "needs-tls", url: origin.replace(/^http:/, "https:") };
    }
    // The browser trusts the page's certificate, but not for WebSockets
    if (this.#wasOpen || await this.#config === null) return null;
    return { kind: "blocked" };
  }

  #onUpdate(update: ChatUpdate): void {
    const { nick } = this.client.chat;
    if (update.kind === "online" && this.#hasChat) this.connection.value = { kind: "open" };
    this.me.value = nick === null ? null : { nick, user: this.client.account?.user ?? null };
    this.#listener.onUpdate(update, nick);
  }

  /** The state after a failure that ends the attempts; `null` where they go on. */
  #endAfter(error: unknown): ConnectionState | null {
    if (error instanceof ObstacleError) return error.end;
    if (error instanceof RequestError) {
      if (error.code === "unauthenticated") return { kind: "login-required" };
      const isKept = this.#login !== null && this.#login.claim === undefined;
      if (error.code !== "auth-failed" || !isKept) return refusalOf(error.code, error);
      this.#forgetLogin();
      return null;
    }
    if (!(error instanceof ConnectionError)) return refusalOf("internal", error);
    return error.requestCode === "denied" ? refusalOf("denied", error) : null;
  }

  #restoreLogin(): TabLogin | null {
    const kept = this.#platform.tab.get(LOGIN_NAME);
    if (kept === null) return null;
    const login = JSON.parse(kept) as KeptLogin | null;
    return login === null ? null : restoreLogin(login);
  }

  #forgetLogin(): void {
    this.#login = null;
    this.#platform.tab.set(LOGIN_NAME, null);
  }
}

/** Something keeps the browser from connecting for good. */
class ObstacleError extends Error {
  override name = "ObstacleError";

  constructor(readonly end: ConnectionState) {
    super(end.kind);
  }
}

function refusalOf(code: string, error: unknown): ConnectionState {
  return { kind: "refused", code, error };
}
