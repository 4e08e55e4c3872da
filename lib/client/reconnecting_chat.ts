import type { RoomEvent } from "../protocol/chat_events.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { endlessRetry } from "./backoff.ts";
import { type MessageTarget, type ReceivedEvent, type SentMessage } from "./chat.ts";
import { type JoinedRoom } from "../protocol/chat_answers.ts";
import { LOBBY } from "../protocol/chat_names.ts";
import type { ChatUpdate } from "./chat_update.ts";
import { type Client } from "./client.ts";
import { connect } from "./connect.ts";
import { type ClientProvider, RetryBudget } from "./client_provider.ts";
import { PreHelloLines } from "./pre_hello_lines.ts";
import { JoinedRooms } from "./joined_rooms.ts";
import type { ReconnectingChatOptions } from "./reconnecting_chat_options.ts";
import { ResendGuard } from "./resend_guard.ts";
import { reclaimNick } from "./reclaim_nick.ts";
import { onAbort } from "../async/on_abort.ts";
import { Mutex } from "../async/mutex.ts";
import { pause } from "../async/pause.ts";

/** How soon after a data connection the main one is known to be lost, if it is. */
const SETTLE_MS = 200;

/** Messages of a room's past that are told where no number is given. */
const HISTORY = 50;

/**
 * A chat that outlives its connections: it comes back by itself, takes its nick and its rooms again,
 * and tells what was said meanwhile, each message exactly once and in its order.
 */
export class ReconnectingChat implements ClientProvider {
  readonly #options: ReconnectingChatOptions;
  readonly #rooms: JoinedRooms;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #guard = new ResendGuard();
  readonly #moves = new Mutex();
  /** Told once the history is there. */
  #early: PreHelloLines | null = null;
  #client: Client | null = null;
  /** The client, once it is in its rooms again. */
  #ready: Client | null = null;
  /** Resolves to it then. Rejects when the connection is lost before. */
  #restored: Promise<Client> | null = null;
  #nick: string | null;
  /** Resolves when the connection is there; replaced when it is lost. */
  #online = Promise.withResolvers<Client>();

  private constructor(options: ReconnectingChatOptions) {
    this.#options = options;
    this.#nick = options.nick ?? null;
    this.#rooms = new JoinedRooms([LOBBY, ...options.rooms ?? []], {
      onMessage: (event, isPast) => this.#onMessage(event, isPast),
      onMissed: (room, count) => this.#tell({ kind: "missed", room, count }),
    });
    this.#ended.promise.catch(() => {}); // Handled where it is awaited
    const { signal } = options;
    if (signal !== undefined) onAbort(signal, () => this.close(signal.reason));
  }

  /**
   * Connects, and enters the rooms.
   *
   * @throws {ConnectionError}, {RequestError} when the nick cannot be had
   *
   * @example A bot that comes back by itself
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
    const client = await chat.#connect();
    chat.#online.resolve(client);
    chat.#watch(client);
    return chat;
  }

  /** The present client; one that is closed, while the connection is lost. */
  get client(): Client {
    if (this.#client === null) throw new Error("Cannot be: a chat that has not started");
    return this.#client;
  }

  /** Resolves when it is over: after `quit` or `close`. Rejects when there is no way back. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Says something. If the connection is lost before the server has answered, it is said again, but
   * only if it is not in the history.
   *
   * @throws {RequestError}, {ConnectionError} when there is no connection, or a private message may
   * have been lost with it
   */
  async say(text: string, target: MessageTarget): Promise<SentMessage> {
    const client = this.#ready ?? await this.#restoring();
    if (client.protocol === 1 || !("room" in target)) return await client.chat.say(text, target);
    const message = { room: target.room, text };
    return await this.#guard.say(client, message, (lost) => this.#clientAfter(lost));
  }

  /** Joins a room, to be in it from now on. */
  join(room: string): Promise<JoinedRoom> {
    return this.#inTurn((client) => this.#join(client, room));
  }

  /** Leaves a room. */
  part(room: string): Promise<void> {
    return this.#inTurn(async (client) => {
      await client.chat.part(room);
      this.#rooms.delete(room);
    });
  }

  /** Takes another nick, to have it from now on. */
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
   * @throws the error of the work, or of the way back
   */
  async run<T>(work: (client: Client) => Promise<T>, progress: () => number): Promise<T> {
    const tries = new RetryBudget(progress);
    for (;;) {
      const client = await this.#online.promise;
      try {
        return await work(client);
      } catch (error) {
        if (this.#stop.signal.aborted || !tries.isWorthAnother(error)) throw error;
        await settled(client);
      }
    }
  }

  /** Takes leave. */
  async quit(): Promise<void> {
    this.#stop.abort();
    if (!this.client.isClosed) await this.client.quit();
    await this.ended.catch(() => {}); // It is over in any case
  }

  /** Hangs up at once. What waits rejects with `reason`. */
  close(reason?: unknown): void {
    this.#stop.abort(reason);
    this.#client?.close();
  }

  /** Joins or leaves a room, after what was asked for before. */
  async #inTurn<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const release = await this.#moves.lock();
    try {
      return await work(this.#ready ?? await this.#restoring());
    } finally {
      release();
    }
  }

  /** The client, once it is in its rooms. @throws {ConnectionError} when there is no connection */
  async #restoring(): Promise<Client> {
    if (this.#restored !== null && !this.client.isClosed) return await this.#restored;
    throw new ConnectionError("lost", "There is no connection now");
  }

  /** Waits for the client that follows one whose connection is lost; `null` where none does. */
  async #clientAfter(client: Client): Promise<Client | null> {
    await client.closed;
    if (this.#stop.signal.aborted) return null;
    const next = await this.#online.promise;
    return next === client ? null : next;
  }

  /** Follows the connection, and makes a new one whenever it is lost. */
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
      this.#tell({ kind: "offline", error, retryMs });
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
    this.#early = new PreHelloLines();
    const client = await connect({
      ...this.#options,
      // A server that is slow to answer another time is not taken for one of protocol 1
      ...(this.#client?.protocol === 2 && { protocol: 2 }),
      signal: this.#stop.signal,
      onEvent: (event) => this.#hear(event),
    });
    this.#client = client;
    this.#restored = this.#restore(client, isFirst);
    return await this.#restored;
  }

  async #restore(client: Client, isFirst: boolean): Promise<Client> {
    try {
      this.#stop.signal.throwIfAborted();
      if (client.protocol === 2) await this.#restoreNick(client, isFirst);
      this.#tell({ kind: "online", isFirst });
      if (client.protocol === 2) await this.#restoreRooms(client);
      const lines = this.#early?.rest ?? [];
      this.#early = null;
      for (const text of lines) this.#hear({ event: "line", text });
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
    const joined = await this.#rooms.sync(client.chat, room, this.#options.history ?? HISTORY);
    this.#tell({ kind: "entered", room, members: joined.members });
    return joined;
  }

  #hear(event: ReceivedEvent): void {
    if (event.event === "line" && this.#early !== null) return this.#early.add(event.text);
    if ("room" in event && !this.#rooms.has(event.room)) return; // All begin in the lobby
    if ("seq" in event) this.#rooms.addLive(event);
    else this.#tell({ kind: "event", event, isPast: false });
  }

  #onMessage(event: RoomEvent, isPast: boolean): void {
    this.#guard.onTold(event);
    this.#early?.drop(event);
    this.#tell({ kind: "event", event, isPast });
  }

  #tell(update: ChatUpdate): void {
    this.#options.onUpdate(update);
  }
}

/** Waits a moment: the end of a data connection may be that of the client, which is told soon. */
async function settled(client: Client): Promise<void> {
  const isOver = new AbortController();
  client.closed.then(() => isOver.abort());
  await pause(SETTLE_MS, isOver.signal);
}
