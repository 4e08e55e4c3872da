import { encodeNotice, type LobbyMember } from "../chat/lobby.ts";
import { TokenBucket } from "../chat/token_bucket.ts";
import { describeFailure, type FailCode, ProtocolError } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import { cleanLine, decodeChatText, splitText } from "../protocol/text.ts";
import type { ControlFrame } from "../stream/frame_reader.ts";
import { FramedConnection } from "../stream/framed_connection.ts";
import type { DisconnectReason } from "./events.ts";
import { FileRequests } from "./file_requests.ts";
import type { ServerServices } from "./services.ts";

/** Clients send requests and chat, nothing large: a flood of them gets no large buffers. */
const RECEIVE_BUFFER_BYTES = 64 * 1024;
/** Types of ignored frames that are logged per client. */
const LOGGED_TYPES = 8;

/**
 * One client, from its first byte to its last.
 *
 * Whatever ends it, `close` or `finish` runs, the connection closes once, and `run` resolves.
 */
export class ClientSession {
  readonly id: number;
  readonly address: string;
  readonly nick: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number = Date.now();
  readonly #services: ServerServices;
  readonly #connection: FramedConnection;
  readonly #requests: FileRequests;
  readonly #member: LobbyMember | null;
  readonly #chatBudget: TokenBucket;
  #gone: AbortController | null = null;
  #reason: DisconnectReason | null = null;
  #toldOfLimit = false;
  #ignoredTypes: Set<string> | null = null;

  /** Takes the connection over; nothing happens before `run`. */
  constructor(id: number, conn: Deno.Conn, services: ServerServices) {
    const { settings, lobby } = services;
    this.id = id;
    this.nick = `guest-${id}`;
    this.#services = services;
    const limits = { bufferBytes: RECEIVE_BUFFER_BYTES, ...settings.limits };
    this.#connection = new FramedConnection(
      conn,
      (reason) => this.#onClose(reason),
      limits,
    );
    this.address = this.#connection.remoteAddress;
    this.#requests = new FileRequests(services, () => this.#requester());
    this.#member = settings.chat ? lobby.join(this.nick, this.#connection.writer) : null;
    this.#chatBudget = new TokenBucket(LIMITS.chatBurst, settings.chatPerSecond);
  }

  /** Serves the client until it is gone, and returns why. Never throws. */
  async run(): Promise<DisconnectReason> {
    try {
      const reason = await this.#serve();
      await this.#requests.drained();
      await this.finish(reason);
    } catch (error) {
      if (error instanceof ProtocolError) await this.#refuse(error);
      else this.close("lost");
    }
    await this.#requests.drained();
    return this.#reason ?? "lost";
  }

  /** Tells the client something in the name of the server. */
  notify(text: string): void {
    this.#connection.writer.send(encodeNotice(text));
  }

  /** Refuses all requests that have not begun. */
  refuseRequests(): void {
    this.#requests.refuse();
  }

  /** Resolves when everything that the client asked for is sent. */
  idle(): Promise<void> {
    return this.#requests.drained();
  }

  /** Ends the session, and what it is being sent, with a last word. */
  async kick(notice: string): Promise<void> {
    this.notify(notice);
    this.#gone ??= new AbortController();
    this.#gone.abort();
    await this.finish("kicked");
  }

  /** Ends the session after what is queued has been sent. */
  async finish(reason: DisconnectReason): Promise<void> {
    this.#reason ??= reason;
    if (this.#member !== null) this.#services.lobby.leave(this.#member);
    await this.#connection.finish(reason);
  }

  /** Ends the session at once. */
  close(reason: DisconnectReason): void {
    this.#reason ??= reason;
    this.#connection.close(reason);
  }

  /**
   * Ends the session if the client takes too long, for a frame that it began or for what waits
   * for it.
   *
   * @param nowMs a reading of `performance.now()`
   */
  checkPace(nowMs: number): void {
    const { stalledMs = LIMITS.stalledMs, stalledBulkMs = LIMITS.stalledBulkMs } =
      this.#services.settings.limits;
    if (this.#connection.reader.isOverdue(nowMs)) return this.close("too-slow");
    const stall = this.#connection.writer.stall(nowMs);
    if (stall === null) return;
    if (stall.waitedMs > (stall.onlyBulk ? stalledBulkMs : stalledMs)) this.close("slow-consumer");
  }

  /** Reads and carries out frames until the client has said all that it has to say. */
  async #serve(): Promise<DisconnectReason> {
    const { reader } = this.#connection;
    for (;;) {
      const frame = await reader.read();
      if (frame === null) return "ended";
      if (frame.kind === "data") {
        this.#onUnknown("FDAT");
        reader.recycle(frame.bytes.buffer);
      } else if (frame.type === "QUIT") {
        return "quit";
      } else {
        await this.#onFrame(frame);
      }
    }
  }

  #onFrame({ type, payload }: ControlFrame): Promise<void> | void {
    if (type === "FILE") return this.#requests.add(payload);
    if (type === "CHAT") return this.#onChat(payload);
    this.#onUnknown(type);
  }

  #onChat(payload: Uint8Array): void {
    const { settings, lobby, stats } = this.#services;
    if (this.#member === null) return this.#refuseChat("unsupported");
    const nowMs = performance.now();
    if (this.#chatBudget.isFull(nowMs)) this.#toldOfLimit = false;
    if (!this.#chatBudget.take(nowMs)) return this.#refuseChat("rate-limited");
    for (const text of splitText(decodeChatText(payload))) {
      if (text.trim() === "") continue;
      lobby.say(this.#member, text);
      stats.messages++;
      settings.onEvent({ event: "chat", client: this.id, nick: this.nick, room: "lobby", text });
    }
  }

  /** Says so once, not once for each message. */
  #refuseChat(code: FailCode): void {
    if (this.#toldOfLimit) return;
    this.#toldOfLimit = true;
    this.#log(code);
    this.notify(describeFailure(code, this.#services.settings.language));
  }

  /** Logged once per type, and only so many types: a client must not fill the log. */
  #onUnknown(type: string): void {
    this.#ignoredTypes ??= new Set();
    if (this.#ignoredTypes.has(type) || this.#ignoredTypes.size >= LOGGED_TYPES) return;
    this.#ignoredTypes.add(type);
    this.#log("unsupported", { type: cleanLine(type) });
  }

  async #refuse(error: ProtocolError): Promise<void> {
    if (error.code !== "too-large") return this.close("truncated");
    this.#log("too-large");
    const text = describeFailure("too-large", this.#services.settings.language);
    this.#connection.writer.send(encodeFrame("FERR", text));
    await this.finish("too-large");
  }

  #log(code: FailCode, details: { type?: string } = {}): void {
    this.#services.stats.refusals++;
    this.#services.settings.onEvent({ event: "refused", client: this.id, code, ...details });
  }

  #requester() {
    this.#gone ??= new AbortController();
    if (this.#connection.isClosed) this.#gone.abort();
    return { id: this.id, writer: this.#connection.writer, signal: this.#gone.signal };
  }

  #onClose(reason: unknown): void {
    this.#reason ??= reason === "slow-consumer" ? "slow-consumer" : "lost";
    if (this.#member !== null) this.#services.lobby.leave(this.#member);
    this.#gone?.abort();
  }
}
