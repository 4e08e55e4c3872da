import { Mutex } from "../async/mutex.ts";
import { onAbort } from "../async/on_abort.ts";
import { pause } from "../async/pause.ts";
import type { JoinedRoom } from "../protocol/chat_answers.ts";
import type { RoomEvent } from "../protocol/chat_events.ts";
import { LOBBY } from "../protocol/chat_names.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { endlessRetry } from "./backoff.ts";
import type { MessageTarget, ReceivedEvent, SentMessage } from "./chat.ts";
import type { ChatUpdate } from "./chat_update.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, runWithClients } from "./client_provider.ts";
import { closedOrGrace } from "./closed_or_grace.ts";
import { connect } from "./connect.ts";
import { JoinedRooms } from "./joined_rooms.ts";
import { PreHelloLines } from "./pre_hello_lines.ts";
import { reclaimNick } from "./reclaim_nick.ts";
import { DEFAULT_HISTORY, type ReconnectingChatOptions } from "./reconnecting_chat_options.ts";
import { ResendGuard } from "./resend_guard.ts";

/**
 * A chat that outlives its connections: when one is lost it connects again, takes its nick, joins its
 * rooms, and reports the messages in between. Each message is reported exactly once, in order.
 */
export class ReconnectingChat implements ClientProvider {
  readonly #options: ReconnectingChatOptions;
  readonly #rooms: JoinedRooms;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #guard = new ResendGuard();
  /** Held while a room is joined or left. */
  readonly #roomChange = new Mutex();
  /** Lines from before the server has read HELO, held back until the history has come. */
  #preHelloLines: PreHelloLines | null = null;
  #client: Client | null = null;
  /** The client, while it is connected and in its rooms. */
  #ready: Client | null = null;
  /** Resolves to the client when it is in its rooms; rejects when the connection is lost before. */
  #restored: Promise<Client> | null = null;
  #nick: string | null;
  /** Resolves to the connected client; replaced when the connection is lost. */
  #online = Promise.withResolvers<Client>();

  private constructor(options: ReconnectingChatOptions) {
    this.#options = options;
    this.#nick = options.nick ?? null;
    this.#rooms = new JoinedRooms([LOBBY, ...options.rooms ?? []], {
      onMessage: (event, isPast) => this.#onMessage(event, isPast),
      onMissed: (room, count) => this.#report({ kind: "missed", room, count }),
    });
    const { signal } = options;
    const listener = onAbort(signal, () => this.close(signal?.reason));
    this.#ended.promise.finally(() => listener[Symbol.dispose]()).catch(() => {}); // The caller's
  }

  /**
   * Connects, and joins the rooms.
   *
   * @throws {ConnectionError}
   * @throws {RequestError} when the server refuses the login, the nick or a room
   *
   * @example A bot that connects again by itself
   * ```ts
   * import { ReconnectingChat, serve } from "@tcp-chat/tcp-chat";
   *
   * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
   * const bot = await ReconnectingChat.start({
   *   hostname: "localhost",
   *   port: server.port,
   *   nick: "bot",
   *   onUpdate: (update) => console.log(update.kind),
   * });
   * await bot.say("here I am", { room: "lobby" });
   * await bot.quit();
   * ```
   */
  static async start(options: ReconnectingChatOptions): Promise<ReconnectingChat> {
    const chat = new ReconnectingChat(options);
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
  get client(): Client {
    if (this.#client === null) throw new Error("Cannot be: a chat that has not started");
    return this.#client;
  }

  /** Resolves after `quit` or `close`. Rejects when the chat stops connecting again. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Sends a message. If the connection is lost before the answer, a message to a room is sent again
   * over the next one, unless the history has it.
   *
   * @throws {RequestError} when the server refuses the message
   * @throws {ConnectionError} when there is no connection; when a private message may be lost with it
   */
  async say(text: string, target: MessageTarget): Promise<SentMessage> {
    const client = this.#ready ?? await this.#restoring();
    if (client.protocol === 1 || !("room" in target)) return await client.chat.say(text, target);
    const { room } = target;
    return await this.#guard.say(client, { room, text }, (lost) => this.#clientAfter(lost));
  }

  /** Joins a room, and joins it again after each loss of the connection. @throws {RequestError} */
  join(room: string): Promise<JoinedRoom> {
    return this.#inTurn((client) => this.#join(client, room));
  }

  /** Leaves a room for good. @throws {RequestError} */
  part(room: string): Promise<void> {
    return this.#inTurn(async (client) => {
      await client.chat.part(room);
      this.#rooms.delete(room);
    });
  }

  /** Takes another nick, and takes it again after each loss of the connection. @throws {RequestError} */
  async setNick(nick: string): Promise<string> {
    const client = this.#ready ?? await this.#restoring();
    this.#nick = await client.chat.setNick(nick);
    return this.#nick;
  }

  /** The rooms that the client is in, in the order of joining. */
  get rooms(): string[] {
    return this.#rooms.names;
  }

  /**
   * Runs work that one connection carries; after a loss it runs again with the next client, until
   * it succeeds, or attempts without progress are used up.
   *
   * @param progress what the work has done so far, in a unit of its own
   * @throws the error of the work; what `ended` rejects with, when there is no further client
   */
  run<T>(work: (client: Client) => Promise<T>, progress: () => number): Promise<T> {
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
  async #inTurn<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const release = await this.#roomChange.lock();
    try {
      return await work(this.#ready ?? await this.#restoring());
    } finally {
      release();
    }
  }

  /** Resolves when the client is in its rooms. @throws {ConnectionError} when there is no connection */
  async #restoring(): Promise<Client> {
    if (this.#restored !== null && !this.client.isClosed) return await this.#restored;
    throw new ConnectionError("lost", "There is no connection now");
  }

  /** The client of the connection after the lost one of `client`; `null` after `close` or `quit`. */
  async #clientAfter(client: Client): Promise<Client | null> {
    await client.closed;
    if (this.#stop.signal.aborted) return null;
    const next = await this.#online.promise;
    return next === client ? null : next;
  }

  /** Connects again each time the connection is lost, until the chat ends. */
  async #watch(first: Client): Promise<void> {
    try {
      for (let client = first;;) {
        const reason = await client.closed;
        this.#ready = null;
        if (this.#stop.signal.aborted || reason === null) return this.#ended.resolve();
        this.#online = Promise.withResolvers<Client>();
        this.#online.promise.catch(() => {}); // Handled where it is awaited
        client = await this.#reconnect(reason);
        this.#online.resolve(client);
      }
    } catch (error) {
      this.#online.reject(error);
      if (this.#stop.signal.aborted) this.#ended.resolve();
      else this.#ended.reject(error);
    }
  }

  async #reconnect(reason: unknown): Promise<Client> {
    const { retry = endlessRetry } = this.#options;
    for (let failures = 0, error = reason;; failures++) {
      const retryMs = retry(failures, error);
      if (retryMs === null) throw error instanceof ConnectionError ? reason : error;
      this.#report({ kind: "offline", error, retryMs });
      await pause(retryMs, this.#stop.signal);
      this.#stop.signal.throwIfAborted();
      try {
        return await this.#connect();
      } catch (failure) {
        error = failure;
      }
    }
  }

  async #connect(): Promise<Client> {
    this.#rooms.pause();
    const isFirst = this.#client === null;
    this.#preHelloLines = new PreHelloLines();
    const client = await connect({
      ...this.#options,
      // A server of protocol 2 that answers late must not be taken for one of protocol 1
      ...(this.#client?.protocol === 2 && { protocol: 2 }),
      signal: this.#stop.signal,
      onEvent: (event) => this.#onEvent(event),
    });
    this.#client = client;
    this.#restored = this.#restore(client, isFirst);
    return await this.#restored;
  }

  async #restore(client: Client, isFirst: boolean): Promise<Client> {
    try {
      this.#stop.signal.throwIfAborted();
      if (client.protocol === 2) await this.#restoreNick(client, isFirst);
      this.#report({ kind: "online", isFirst });
      if (client.protocol === 2) await this.#restoreRooms(client);
      const lines = this.#preHelloLines?.rest ?? [];
      this.#preHelloLines = null;
      for (const text of lines) this.#onEvent({ event: "line", text });
      return this.#ready = client;
    } catch (error) {
      client.close();
      this.#stop.signal.throwIfAborted();
      throw error;
    }
  }

  async #restoreNick(client: Client, isFirst: boolean): Promise<void> {
    const nick = this.#nick;
    if (nick === null || nick === client.chat.nick) return;
    if (isFirst) return void await client.chat.setNick(nick);
    const isWanted = () => this.#nick === nick;
    await reclaimNick(client, nick, { isWanted, signal: this.#stop.signal });
  }

  async #restoreRooms(client: Client): Promise<void> {
    if (!this.#rooms.has(LOBBY)) await client.chat.part(LOBBY);
    for (const room of this.rooms) await this.#join(client, room);
  }

  async #join(client: Client, room: string): Promise<JoinedRoom> {
    const joined = await this.#rooms.sync(
      client.chat,
      room,
      this.#options.history ?? DEFAULT_HISTORY,
    );
    this.#report({ kind: "entered", room, members: joined.members });
    return joined;
  }

  #onEvent(event: ReceivedEvent): void {
    if (event.event === "line" && this.#preHelloLines !== null) {
      return this.#preHelloLines.add(event.text);
    }
    if ("room" in event && !this.#rooms.has(event.room)) return; // The server puts each client in the lobby
    if ("seq" in event) this.#rooms.addLive(event);
    else this.#report({ kind: "event", event, isPast: false });
  }

  #onMessage(event: RoomEvent, isPast: boolean): void {
    this.#guard.onMessage(event);
    this.#preHelloLines?.drop(event);
    this.#report({ kind: "event", event, isPast });
  }

  #report(update: ChatUpdate): void {
    this.#options.onUpdate(update);
  }
}
