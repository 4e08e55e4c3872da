import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { within } from "./deadline.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { Protocol2Peer } from "./protocol2_peer.ts";
import { Proxy } from "./proxy.ts";
import { startServer, type TestServer } from "./servers.ts";
import { TempDir } from "./temp_dir.ts";

/** How a {@link ChatFixture} begins. */
export interface ChatFixtureOptions {
  /** Messages that the server keeps of each room. Default: all. */
  readonly keep?: number;
  /** Rooms to be in besides the lobby. */
  readonly rooms?: readonly string[];
  /** How much of a room's past is told on joining it. */
  readonly history?: number;
}

/** What was told of the messages of a room, in its order: their numbers, and how many were missed. */
export type Told = readonly (number | { readonly missed: number })[];

/**
 * A chat that reconnects, through a proxy, to a server that can be restarted, and another client,
 * bob, connected directly. Disposal ends all of it.
 */
export class ChatFixture implements AsyncDisposable {
  readonly cutter = new FrameCutter();
  readonly updates: ChatUpdate[] = [];
  /** Called with each update. */
  onUpdate: (update: ChatUpdate) => void = () => {};
  readonly #options: ChatFixtureOptions;
  #data = new TempDir();
  readonly #watchers = new Set<() => void>();
  /** Texts by room, of all servers so far. */
  readonly #said = new Map<string, string[]>();
  #server: TestServer | null = null;
  #bob: Protocol2Peer | null = null;
  #proxy: Proxy | null = null;
  #chat: ReconnectingChat | null = null;
  /** Lets connections through to the server again. */
  #open: ((port: number) => void) | null = null;

  private constructor(options: ChatFixtureOptions) {
    this.#options = options;
  }

  /** Starts server, proxy and bob. */
  static async start(options: ChatFixtureOptions = {}): Promise<ChatFixture> {
    const fixture = new ChatFixture(options);
    await fixture.#startServer();
    fixture.#proxy = await Proxy.start(fixture.server.port, [fixture.cutter.tap]);
    return fixture;
  }

  /** Starts the chat. */
  async connect(): Promise<ReconnectingChat> {
    return this.#chat = await ReconnectingChat.start({
      hostname: "127.0.0.1",
      port: this.proxy.port,
      protocol: 2,
      retry: () => 0,
      ...(this.#options.rooms && { rooms: this.#options.rooms }),
      ...(this.#options.history !== undefined && { history: this.#options.history }),
      onUpdate: (update) => {
        this.updates.push(update);
        this.onUpdate(update);
        for (const look of this.#watchers) look();
      },
    }, connect);
  }

  get server(): TestServer {
    return this.#server!;
  }

  get proxy(): Proxy {
    return this.#proxy!;
  }

  get chat(): ReconnectingChat {
    return this.#chat!;
  }

  /** Bob says something in a room. Resolves to its number. */
  async bobSays(room: string, text: string): Promise<number> {
    await this.#bob!.request("JOIN", { room });
    return Number((await this.#bob!.request("SEND", { room, text })).seq);
  }

  /** The texts in a room so far: all that was stored, the first one first. */
  said(room: string): readonly string[] {
    return this.#said.get(room) ?? [];
  }

  /** What the chat has told of a room so far. */
  told(room: string): Told {
    return this.updates.flatMap((update): Told => {
      if (update.kind === "missed" && update.room === room) return [{ missed: update.count }];
      if (update.kind !== "event" || !("seq" in update.event)) return [];
      return update.event.room === room ? [update.event.seq] : [];
    });
  }

  /** Resolves once `holds` does, which is asked again after every update. */
  async waitUntil(holds: () => boolean, what: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => holds() && resolve();
    this.#watchers.add(look);
    look();
    await within(promise, what).finally(() => this.#watchers.delete(look));
  }

  /** Resolves once a message was the last that was told of a room. */
  async waitForMessage(room: string, seq: number): Promise<void> {
    await this.waitUntil(() => this.told(room).at(-1) === seq, `message ${seq} of ${room}`);
  }

  /** Resolves once the chat has entered a room so many times. */
  async entered(room: string, times: number): Promise<void> {
    const fits = (update: ChatUpdate) => update.kind === "entered" && update.room === room;
    const count = () => this.updates.filter(fits).length;
    await this.waitUntil(() => count() >= times, `the chat in ${room}, for the ${times}. time`);
  }

  /** Cuts the connection of the chat. It cannot come back before `letBack`. */
  cutOff(): void {
    this.keepOff();
    this.proxy.cutAll("reset");
  }

  /** From now on, connections wait. */
  keepOff(): void {
    if (this.#open !== null) return;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.proxy.target = promise;
    this.#open = resolve;
  }

  /** Connections that wait, and later ones, reach the server. */
  letBack(): void {
    this.#open?.(this.server.port);
    this.#open = null;
    this.proxy.target = this.server.port;
  }

  /** Stops the server, and starts another one, which the chat reaches after `letBack`. */
  async restart({ hasHistory = true } = {}): Promise<void> {
    this.keepOff();
    await this.#stopServer();
    if (!hasHistory) {
      this.#data[Symbol.dispose]();
      this.#data = new TempDir();
      this.#said.clear();
    }
    await this.#startServer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chat?.close();
    await this.#chat?.ended.catch(() => {});
    this.letBack();
    await this.#proxy?.[Symbol.asyncDispose]();
    await this.#stopServer();
    this.#data[Symbol.dispose]();
  }

  async #startServer(): Promise<void> {
    this.#server = await startServer({
      dataDirectory: this.#data.path,
      chatPerSecond: 0,
      ...(this.#options.keep !== undefined && { historyMessages: this.#options.keep }),
      onEvent: (event) => {
        if (event.event === "chat") {
          this.#said.set(event.room, [...this.said(event.room), event.text]);
        }
      },
    });
    this.#bob = await Protocol2Peer.connect(this.server.port);
    await this.#bob.request("NICK", { nick: "bob" });
  }

  async #stopServer(): Promise<void> {
    this.#bob?.raw.close();
    await this.#server?.[Symbol.asyncDispose]();
  }
}
