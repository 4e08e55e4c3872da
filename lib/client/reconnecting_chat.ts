import type { RoomEvent } from "../protocol/chat_events.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { endlessRetry, type RetryPolicy } from "./backoff.ts";
import { type MessageTarget, type ReceivedEvent, type SentMessage } from "./chat.ts";
import { type JoinedRoom } from "../protocol/chat_answers.ts";
import { LOBBY } from "../protocol/chat_names.ts";
import type { ChatUpdate } from "./chat_update.ts";
import { type Client, connect, type ConnectOptions } from "./client.ts";
import { type ClientProvider, RetryBudget } from "./client_provider.ts";
import { PreHelloLines } from "./pre_hello_lines.ts";
import { syncRoom } from "./sync_room.ts";
import { ResendGuard, type UnansweredMessage } from "./resend_guard.ts";
import { reclaimNick } from "./reclaim_nick.ts";
import { onAbort } from "../async/on_abort.ts";
import { pause } from "../async/pause.ts";
import { RoomSequencer } from "./room_sequencer.ts";

/** How soon after a data connection the main one is known to be lost, if it is. */
const SETTLE_MS = 200;

/** How to chat. */
export interface ReconnectingChatOptions
  extends Omit<ConnectOptions, "onChat" | "onEvent" | "signal"> {
  /** The nick to take. Default: what the server gives. */
  readonly nick?: string;
  /** Rooms to be in besides the lobby. */
  readonly rooms?: readonly string[];
  /** How much of the past of a room is told on joining it. Default 50. */
  readonly history?: number;
  /** When to try again. Default: for ever. */
  readonly retry?: RetryPolicy;
  /** Ends the chat as `close` does. */
  readonly signal?: AbortSignal;
  /** Told of everything. Must not throw. */
  readonly onUpdate: (update: ChatUpdate) => void;
}

const HISTORY = 50;

/**
 * A chat that outlives its connections: it comes back by itself, takes its nick and its rooms again,
 * and tells what was said meanwhile, each message exactly once and in its order.
 */
export class ReconnectingChat implements ClientProvider {
  readonly #options: ReconnectingChatOptions;
  readonly #sequencers = new Map<string, RoomSequencer>();
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #guard = new ResendGuard();
  /** Told once the history is there. */
  #early: PreHelloLines | null = null;
  #client: Client | null = null;
  #nick: string | null;
  /** Resolves when the connection is there; replaced when it is lost. */
  #online = Promise.withResolvers<Client>();

  private constructor(options: ReconnectingChatOptions) {
    this.#options = options;
    this.#nick = options.nick ?? null;
    for (const room of [LOBBY, ...options.rooms ?? []]) this.#sequencer(room);
    this.#ended.promise.catch(() => {}); // Whoever asks for it handles it
    const { signal } = options;
    if (signal !== undefined) onAbort(signal, () => this.#hangUp(signal.reason));
  }

  /**
   * Connects, and enters the rooms.
   *
   * @throws {ConnectionError}, {RequestError} when the nick cannot be had
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
    const client = this.#connected();
    const { nick } = client.chat;
    if (!("room" in target) || nick === null) return await client.chat.say(text, target);
    const message = this.#guard.begin(target.room, nick, text);
    try {
      return await this.#sayOnce(client, message);
    } finally {
      this.#guard.end(message);
    }
  }

  async #sayOnce(client: Client, message: UnansweredMessage): Promise<SentMessage> {
    const { text, room } = message;
    try {
      const sent = await client.chat.say(text, { room });
      this.#guard.answer(message, sent);
      return sent;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const next = await this.#clientAfter(client);
      if (next === null) throw error;
      if (message.found !== null) return message.found;
      message.from = next.chat.nick ?? message.from;
      return await this.#sayOnce(next, message);
    }
  }

  /** Enters a room, to be in it from now on. */
  async join(room: string): Promise<JoinedRoom> {
    const isNew = !this.#sequencers.has(room);
    try {
      return await this.#syncRoom(this.client, room);
    } catch (error) {
      if (isNew) this.#sequencers.delete(room);
      throw error;
    }
  }

  /** Leaves a room. */
  async part(room: string): Promise<void> {
    await this.client.chat.part(room);
    this.#sequencers.delete(room);
  }

  /** Takes another nick, to have it from now on. */
  async setNick(nick: string): Promise<string> {
    this.#nick = await this.client.chat.setNick(nick);
    return this.#nick;
  }

  /** The rooms that one is in, in the order of entering. */
  get rooms(): string[] {
    return [...this.#sequencers.keys()];
  }

  /** @inheritdoc */
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

  /** Hangs up at once. */
  close(): void {
    this.#hangUp();
  }

  /** @throws {ConnectionError} when there is no connection */
  #connected(): Client {
    if (!this.client.isClosed) return this.client;
    throw new ConnectionError("lost", "There is no connection now");
  }

  /** Waits for the client that follows one whose connection is lost; `null` where none does. */
  async #clientAfter(client: Client): Promise<Client | null> {
    await client.closed;
    if (this.#stop.signal.aborted) return null;
    const next = await this.#online.promise;
    return next === client ? null : next;
  }

  #hangUp(reason?: unknown): void {
    this.#stop.abort(reason);
    this.#client?.close();
  }

  /** Follows the connection, and makes a new one whenever it is lost. */
  async #watch(first: Client): Promise<void> {
    try {
      for (let client = first;;) {
        const reason = await client.closed;
        if (this.#stop.signal.aborted || reason === null) return this.#ended.resolve();
        this.#online = Promise.withResolvers<Client>();
        this.#online.promise.catch(() => {}); // There may be nobody who waits
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
    for (const sequencer of this.#sequencers.values()) sequencer.pause();
    const isFirst = this.#client === null;
    const early = this.#early = new PreHelloLines();
    const client = await connect({
      ...this.#options,
      // A server that is slow to answer another time is not taken for one of protocol 1
      ...(this.#client?.protocol === 2 && { protocol: 2 }),
      signal: this.#stop.signal,
      onEvent: (event) => this.#hear(event),
    });
    this.#client = client;
    try {
      this.#stop.signal.throwIfAborted();
      if (client.protocol === 2) await this.#restoreNick(client, isFirst);
      this.#tell({ kind: "online", isFirst });
      if (client.protocol === 2) await this.#restoreRooms(client);
      this.#early = null;
      for (const text of early.rest) this.#hear({ event: "line", text });
      return client;
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
    const { signal } = this.#stop;
    await reclaimNick(client, nick, { isWanted: () => this.#nick === nick, signal });
  }

  async #restoreRooms(client: Client): Promise<void> {
    for (const room of this.rooms) await this.#syncRoom(client, room);
  }

  async #syncRoom(client: Client, room: string): Promise<JoinedRoom> {
    const history = this.#options.history ?? HISTORY;
    const joined = await syncRoom(client.chat, room, this.#sequencer(room), history);
    this.#tell({ kind: "entered", room, members: joined.members });
    return joined;
  }

  #hear(event: ReceivedEvent): void {
    if (event.event === "line" && this.#early !== null) return this.#early.add(event.text);
    const sequencer = "seq" in event ? this.#sequencers.get(event.room) : undefined;
    if (sequencer !== undefined && "seq" in event) return sequencer.addLive(event);
    this.#tell({ kind: "event", event, isPast: false });
  }

  #tellMessage(event: RoomEvent, isPast: boolean): void {
    this.#guard.onTold(event);
    this.#early?.drop(event);
    this.#tell({ kind: "event", event, isPast });
  }

  #tell(update: ChatUpdate): void {
    this.#options.onUpdate(update);
  }

  #sequencer(room: string): RoomSequencer {
    const known = this.#sequencers.get(room);
    if (known !== undefined) return known;
    const sequencer = new RoomSequencer({
      onEvent: (event, isPast) => this.#tellMessage(event, isPast),
      onMissed: (count) => this.#tell({ kind: "missed", room, count }),
    });
    this.#sequencers.set(room, sequencer);
    return sequencer;
  }
}

/** Waits a moment: the end of a data connection may be that of the client, which is told soon. */
async function settled(client: Client): Promise<void> {
  const isOver = new AbortController();
  client.closed.then(() => isOver.abort());
  await pause(SETTLE_MS, isOver.signal);
}
