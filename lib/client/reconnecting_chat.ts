import { Mutex } from "../async/mutex.ts";
import { onAbort } from "../async/on_abort.ts";
import type { JoinedRoom } from "../protocol/chat_answers.ts";
import { LOBBY } from "../protocol/chat_names.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { endlessRetry } from "./backoff.ts";
import type { MessageTarget } from "./chat.ts";
import type { SentMessage } from "./chat_results.ts";
import type { ChatClient, Connect } from "./chat_client.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, runWithClients } from "./client_provider.ts";
import { closedOrGrace } from "./closed_or_grace.ts";
import { Inbox } from "./inbox.ts";
import { KeptNick } from "./kept_nick.ts";
import { isLateHello } from "./late_hello.ts";
import { Outbox, type UnsentMessage } from "./outbox.ts";
import { DEFAULT_HISTORY, type ReconnectingChatOptions } from "./reconnecting_chat_options.ts";
import { makeResumeSecret } from "./resume_secret.ts";
import { RetryPauses } from "./retry_pauses.ts";
import { type Route, routeOf } from "./route_of.ts";

/**
 * A chat that outlives its connections: when one is lost it connects again, takes its nick, joins its
 * rooms, and reports the messages in between. Each message is reported exactly once, in order.
 */
export class ReconnectingChat<C extends ChatClient = Client> implements ClientProvider<C> {
  readonly #options: ReconnectingChatOptions;
  readonly #route: Promise<Route<C>>;
  readonly #inbox: Inbox;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #outbox: Outbox;
  readonly #nick: KeptNick;
  /** Held while a room is joined or left. */
  readonly #roomChange = new Mutex();
  #client: C | null = null;
  /** The client, while it is connected and in its rooms. */
  #ready: C | null = null;
  /** Resolves to the client when it is in its rooms; rejects when the connection is lost before. */
  #restored: Promise<C> | null = null;
  /** Resolves to the connected client; replaced when the connection is lost. */
  #online = Promise.withResolvers<C>();

  private constructor(options: ReconnectingChatOptions, connect: Connect<C>) {
    this.#options = { resume: makeResumeSecret(), ...options };
    this.#route = routeOf(this.#options, connect);
    this.#nick = new KeptNick(options.nick ?? null, {
      signal: this.#stop.signal,
      onChange: (nick, wanted) => this.#options.onUpdate({ kind: "nick", nick, wanted }),
    });
    this.#outbox = new Outbox({
      onUnsent: (text, error) => this.#options.onUpdate({ kind: "unsent", text, error }),
      onWaiting: (count) => this.#options.onUpdate({ kind: "waiting", count }),
    });
    this.#inbox = new Inbox([LOBBY, ...options.rooms ?? []], {
      onEvent: (event, isPast) => this.#options.onUpdate({ kind: "event", event, isPast }),
      onMessage: (event) => this.#outbox.onMessage(event),
      onMissed: (room, count) => this.#options.onUpdate({ kind: "missed", room, count }),
    });
    const listener = onAbort(options.signal, () => this.close(options.signal?.reason));
    this.#ended.promise.finally(() => listener[Symbol.dispose]()).then(
      () => this.#outbox.close(new ConnectionError("lost", "The chat has ended")),
      (error) => this.#outbox.close(error),
    );
  }

  /**
   * Connects, and joins the rooms.
   *
   * @param connect makes each connection: {@linkcode connect}
   * @throws {ConnectionError}
   * @throws {RequestError} when the server refuses the login, the nick or a room
   *
   * @example A bot that connects again by itself
   * ```ts
   * import { connect, ReconnectingChat, serve } from "@tcp-chat/tcp-chat";
   *
   * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
   * const address = { hostname: "localhost", port: server.port };
   * const bot = await ReconnectingChat.start({ ...address, nick: "bot", onUpdate() {} }, connect);
   * await bot.say("here I am", { room: "lobby" });
   * await bot.quit();
   * ```
   */
  static async start<C extends ChatClient>(
    options: ReconnectingChatOptions,
    connect: Connect<C>,
  ): Promise<ReconnectingChat<C>> {
    const chat = new ReconnectingChat(options, connect);
    try {
      const client = await chat.#connect();
      chat.#online.resolve(client);
      chat.#watch(client);
      return chat;
    } catch (error) {
      chat.#ended.reject(error);
      throw error;
    }
  }

  /** The client of the current connection, or of the last one while there is none. */
  get client(): C {
    if (this.#client === null) throw new Error("The chat has not started");
    return this.#client;
  }

  /** Resolves after `quit` or `close`. Rejects when the chat stops connecting again. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Sends a message. Without a connection it waits for the next one; messages leave in the order of
   * the calls, at the pace that the server allows. If the connection is lost before the answer, a
   * message to a room is sent again over the next one, unless the history has it.
   *
   * @throws {RequestError} when the server refuses the message; `busy` with the reason `outbox-full`
   * while 1,000 others wait
   * @throws {ConnectionError} when the chat ends before the answer; when the connection is lost before
   * the answer to a private message, which may have arrived
   */
  say(text: string, target: MessageTarget): Promise<SentMessage> {
    return this.#outbox.say(text, target);
  }

  /**
   * What `say` has taken and the server has not acknowledged, in the order of sending: what waits, and
   * what may have arrived. After the end of the chat it tells what was not sent.
   */
  get unsent(): readonly UnsentMessage[] {
    return this.#outbox.unsent;
  }

  /** Whether there is a connection whose client is in its rooms: messages leave at once. */
  get isOnline(): boolean {
    return this.#ready !== null && !this.#ready.isClosed;
  }

  /** Joins a room, and joins it again after each loss of the connection. @throws {RequestError} */
  join(room: string): Promise<JoinedRoom> {
    return this.#inTurn((client) => this.#join(client, room));
  }

  /** Leaves a room for good. @throws {RequestError} */
  part(room: string): Promise<void> {
    return this.#inTurn(async (client) => {
      await client.chat.part(room);
      this.#inbox.rooms.delete(room);
    });
  }

  /** Takes another nick, and takes it again after each loss of the connection. @throws {RequestError} */
  async setNick(nick: string): Promise<string> {
    const client = this.#ready ?? await this.#restoring();
    return await this.#nick.take(client, nick);
  }

  /** Says that the client is away, or with `null` back; again after each loss. @throws {RequestError} */
  async setAway(text: string | null): Promise<void> {
    await this.#nick.setAway(this.#ready ?? await this.#restoring(), text);
  }

  /** The rooms that the client is in, in the order of joining. */
  get rooms(): string[] {
    return this.#inbox.rooms.names;
  }

  /**
   * Runs work that one connection carries; after a loss it runs again with the next client, until
   * it succeeds, or attempts without progress are used up.
   *
   * @param progress what the work has done so far, in a unit of its own
   * @throws the error of the work; what `ended` rejects with, when there is no further client
   */
  run<T>(work: (client: C) => Promise<T>, progress: () => number): Promise<T> {
    const source = { current: () => this.#online.promise, afterLoss: closedOrGrace };
    return runWithClients({ ...source, signal: this.#stop.signal }, work, progress);
  }

  /** Sends QUIT if there is a connection, and waits for the end. */
  async quit(): Promise<void> {
    this.#stop.abort();
    if (!this.client.isClosed) await this.client.quit();
    await this.ended.catch(() => {}); // Ended is ended, whatever the reason
  }

  /** Closes the connection at once. Pending calls reject with `reason`. */
  close(reason?: unknown): void {
    this.#stop.abort(reason);
    this.#client?.close();
  }

  /** Joins or leaves a room, after the joins and leaves that were called before. */
  async #inTurn<T>(work: (client: C) => Promise<T>): Promise<T> {
    const release = await this.#roomChange.lock();
    try {
      return await work(this.#ready ?? await this.#restoring());
    } finally {
      release();
    }
  }

  /** Resolves when the client is in its rooms. @throws {ConnectionError} when there is no connection */
  async #restoring(): Promise<C> {
    if (this.#restored !== null && !this.client.isClosed) return await this.#restored;
    throw new ConnectionError("lost", "There is no connection now");
  }

  /** Connects again each time the connection is lost, until the chat ends. */
  async #watch(first: C): Promise<void> {
    const pauses = new RetryPauses(this.#options.retry ?? endlessRetry, this.#stop.signal);
    const onPause = (error: unknown, retryMs: number) =>
      this.#options.onUpdate({ kind: "offline", error, retryMs });
    try {
      for (let client = first;;) {
        const reason = await client.closed;
        this.#setReady(null);
        if (!isLateHello(reason)) this.#outbox.onProtocol1();
        if (this.#stop.signal.aborted || reason === null) return this.#ended.resolve();
        this.#online = Promise.withResolvers<C>();
        this.#online.promise.catch(() => {}); // Handled where it is awaited
        client = await pauses.connectAgain(reason, () => this.#connect(reason), onPause);
        this.#online.resolve(client);
        if (client.chat.cluster !== null) pauses.onUsed(); // There is another server, if this one goes
      }
    } catch (error) {
      this.#online.reject(error);
      if (this.#stop.signal.aborted) this.#ended.resolve();
      else this.#ended.reject(error);
    }
  }

  /** @param loss the end of the last connection; absent for the first one */
  async #connect(loss?: unknown): Promise<C> {
    this.#inbox.hold();
    const isFirst = this.#client === null;
    let client: C | null = null;
    const route = await this.#route;
    client = await route.connect({
      signal: this.#stop.signal,
      renames: this.#nick.isWanted,
      onEvent: (event) => this.#inbox.add(event),
      onUpgrade: () => client !== null && this.#onUpgrade(client),
    }, loss);
    this.#client = client;
    this.#restored = this.#restore(client, isFirst ? "first" : "again");
    return await this.#restored;
  }

  /** The server was taken for one of protocol 1: the nick and the rooms can be had after all. */
  #onUpgrade(client: C): void {
    this.#setReady(null);
    this.#inbox.rooms.pause();
    this.#restored = this.#restore(client, "upgraded");
    this.#restored.catch(() => {}); // The client is closed, and the chat ends
  }

  async #restore(client: C, how: "first" | "again" | "upgraded"): Promise<C> {
    try {
      this.#stop.signal.throwIfAborted();
      const hasRooms = client.features.includes("chat");
      if (hasRooms) await this.#nick.restore(client, how === "first");
      const online = { isFirst: how === "first", server: (await this.#route).current };
      if (how !== "upgraded") this.#options.onUpdate({ kind: "online", ...online });
      if (hasRooms) await this.#restoreRooms(client);
      this.#inbox.release();
      if (hasRooms) this.#outbox.repeatRefused();
      this.#setReady(client);
      return client;
    } catch (error) {
      if (how === "upgraded" && !client.isClosed) this.#ended.reject(error);
      client.close();
      this.#stop.signal.throwIfAborted();
      throw error;
    }
  }

  /** @param client in its rooms, or `null` while there is none */
  #setReady(client: C | null): void {
    this.#ready = client;
    this.#outbox.setClient(client);
  }

  async #restoreRooms(client: C): Promise<void> {
    if (!this.#inbox.rooms.has(LOBBY)) await client.chat.part(LOBBY);
    for (const room of this.rooms) await this.#join(client, room);
  }

  async #join(client: C, room: string): Promise<JoinedRoom> {
    const joined = await this.#inbox.rooms.sync(
      client.chat,
      room,
      this.#options.history ?? DEFAULT_HISTORY,
    );
    const { members, topic = null } = joined;
    this.#options.onUpdate({ kind: "entered", room, members, topic });
    return joined;
  }
}
