import { ProtocolError, RequestError } from "../../protocol/errors.ts";
import { type ClientHello, decodeClientHello, encodeServerHello } from "../../protocol/hello.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { FramedConnection } from "../../stream/framed_connection.ts";
import type { ControlFrame, Frame } from "../../stream/frames/frame_reader.ts";
import { formatAddress } from "../../stream/ip_address.ts";
import type { Socket } from "../../stream/socket.ts";
import type { DisconnectReason } from "../config/events.ts";
import type { Arrival } from "../context/arrivals.ts";
import { ClientIdentity } from "../context/client_identity.ts";
import { encodeFail, reportFailure } from "../context/failure_reply.ts";
import type { ServerServices } from "../context/services.ts";
import type { SessionContext } from "../context/session_context.ts";
import { welcome } from "../context/welcome.ts";
import type { DataSession, DataSessionOwner } from "../context/session_tokens.ts";
import { overdueReason, silentMs } from "./deadlines.ts";
import { greetedHandler } from "./peer_handler.ts";
import { Protocol1Handler } from "./protocol1_handler.ts";
import type { ProtocolHandler } from "./protocol_handler.ts";
import { sendPing } from "./send_ping.ts";
import { serverHello } from "./server_hello.ts";
import { SessionPace } from "./session_pace.ts";
import { connectedEvent, type Speech, takeHttp, type TakenSocket } from "./speech.ts";

/** Requests and chat are small: a flood of them gets no large buffers. */
const RECEIVE_BUFFER_BYTES = 64 * 1024;

/**
 * A connection from its first byte to its last: a client, or a data connection of a client.
 *
 * Every end passes through `close` or `closeGracefully`: the connection closes once, and `run`
 * resolves. Data connections do not outlive their client.
 */
export class ClientSession implements Arrival, DataSession, DataSessionOwner {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number = Date.now();
  readonly #services: ServerServices;
  readonly #connection: FramedConnection;
  readonly #pace: SessionPace;
  readonly #endPoint: Uint8Array | null;
  /** The identity of this connection; a data connection acts with that of its owner. */
  readonly #ownIdentity: ClientIdentity;
  #handler: ProtocolHandler;
  /** The client of this data connection; `null` if this is a client. */
  #owner: DataSessionOwner | null = null;
  #dataSessions: Set<DataSession> | null = null;
  #token: string | null = null;
  /** Whether HELO may follow: only HELO frames have come, and none was understood. */
  #mayGreet = true;
  #isPinged = false;
  #reason: DisconnectReason | null = null;
  readonly #speech: Speech;

  /** Takes ownership of the socket, and enters the chat. `run` reads and answers. */
  constructor(id: number, socket: Socket, services: ServerServices, speech: Speech = "frames") {
    this.id = id;
    this.#speech = speech;
    this.#services = services;
    const limits = { bufferBytes: RECEIVE_BUFFER_BYTES, ...services.settings.limits };
    this.#connection = new FramedConnection(socket, (reason) => this.#onClose(reason), limits);
    this.#pace = new SessionPace(services.bandwidth, this.#connection, this);
    this.#endPoint = socket.serverEndPoint ?? null;
    this.#ownIdentity = new ClientIdentity(id, formatAddress(socket.remoteAddr), services);
    if (speech === "any") this.#connection.writer.hold();
    this.#ownIdentity.enterChat(this.#connection.writer, 1);
    this.#handler = new Protocol1Handler(this.#context());
  }

  onSilent(): void {
    this.#connection.writer.release();
  }

  onSettled(): void {
    this.#services.settings.onEvent(connectedEvent(this, this.#speech));
  }

  /** The identity of the client; a data connection has that of its owner. */
  get identity(): ClientIdentity {
    return this.#owner?.identity ?? this.#ownIdentity;
  }

  get token(): string | null {
    return this.#token;
  }

  addDataSession(session: DataSession): void {
    (this.#dataSessions ??= new Set()).add(session);
  }

  removeDataSession(session: DataSession): void {
    this.#dataSessions?.delete(session);
  }

  /** The address of the peer, without the port. */
  get address(): string {
    return this.#ownIdentity.address;
  }

  /** Bytes of control frames and chat that wait to be sent. */
  get queuedBytes(): number {
    return this.#connection.writer.queuedBytes;
  }

  /** Whether this is a data connection. */
  get isData(): boolean {
    return this.#owner !== null;
  }

  /**
   * Serves the connection until it has ended, and resolves with the reason. Never rejects.
   *
   * @returns the socket and the bytes read from it, with a new owner, if the peer speaks HTTP
   */
  async run(): Promise<DisconnectReason | TakenSocket> {
    const { reader } = this.#connection;
    if (this.#speech === "any") this.#services.arrivals.add(this);
    else this.onSettled();
    try {
      let reason: DisconnectReason | null = null;
      while (reason === null) reason = await this.#handleFrame(await reader.read());
      this.#handler.onEnd();
      await this.#handler.idle();
      await this.closeGracefully(reason);
    } catch (error) {
      const taken = this.#mayGreet && this.#speech === "any" ? takeHttp(this.#connection) : null;
      if (taken !== null) {
        this.#services.arrivals.remove(this);
        this.#leave();
        return taken;
      }
      if (error instanceof ProtocolError) await this.#onViolation(error);
      else this.close("lost");
    }
    await this.#handler.idle();
    this.#services.arrivals.settle(this);
    return this.#reason ?? "lost";
  }

  /** Shows the client a notice of the server. */
  notify(notice: string): void {
    const { member } = this.#ownIdentity;
    if (member !== null) this.#services.hub.noticeTo(member, notice);
  }

  /** Ends the session once all requests are answered, those of its data connections included. */
  async drain(reason: DisconnectReason): Promise<void> {
    await this.#handler.idle();
    await Promise.all([...this.#dataSessions ?? []].map((session) => session.drain(reason)));
    await this.closeGracefully(reason);
  }

  /** Ends the session with a notice, and cancels its requests. */
  async kick(notice: string): Promise<void> {
    this.notify(notice);
    this.#handler.sendKicked(notice);
    this.#handler.onClosed();
    await this.closeGracefully("kicked");
  }

  /** Ends the session once its queued frames are sent. */
  async closeGracefully(reason: DisconnectReason): Promise<void> {
    this.#reason ??= reason;
    this.#leave();
    await this.#connection.closeGracefully(reason);
  }

  /** Ends the session at once. */
  close(reason: DisconnectReason): void {
    this.#reason ??= reason;
    this.#connection.close(reason);
  }

  /**
   * Ends the session if a deadline has passed, or sends PING to a client that is silent.
   *
   * @param nowMs a reading of `performance.now()`
   */
  checkDeadlines(nowMs: number): void {
    const reason = overdueReason({
      connection: this.#connection,
      handler: this.#handler,
      isAdmitted: this.identity.isAdmitted,
      mustGreet: this.#speech === "web" && this.#mayGreet,
      sinceMs: this.sinceMs,
      limits: this.#services.settings.limits,
    }, nowMs);
    if (reason !== null) return this.close(reason);
    const { pingAfterMs = LIMITS.pingAfterMs } = this.#services.settings.limits;
    const wasPinged = this.#isPinged;
    this.#isPinged = this.#handler.answersPing &&
      silentMs(this.#connection, this.#handler, nowMs) > pingAfterMs;
    if (this.#isPinged && !wasPinged) sendPing(this.#connection);
  }

  /** Handles a frame. Resolves with a reason if it is the last frame, else with `null`. */
  async #handleFrame(frame: Frame | null): Promise<DisconnectReason | null> {
    if (frame === null) return "ended";
    const turn = this.#services.turns.take(this.identity.owner, frame);
    if (turn !== null) await turn;
    if (this.#reason !== null) return null; // A client that was removed asks for nothing more
    if (frame.kind === "control" && frame.type === "QUIT") return "quit";
    if (this.#mayGreet) this.#services.arrivals.settle(this);
    if (this.#mayGreet && frame.kind === "control" && frame.type === "HELO") {
      const greeting = this.#onHello(frame);
      this.#mayGreet = greeting === "misunderstood";
      return greeting === "refused" ? "refused" : null;
    }
    if (this.#mayGreet && this.#speech === "web") return "violation"; // Protocol 2 only
    this.#mayGreet = false;
    this.#ownIdentity.onFrame();
    await this.#handler.onFrame(frame);
    await this.#pace.received(frame);
    return null;
  }

  /** Switches to protocol 2, or answers a HELO that is not understood. */
  #onHello({ payload }: ControlFrame): "greeted" | "misunderstood" | "refused" {
    try {
      const hello = decodeClientHello(payload);
      if (hello.attach !== null) this.#attach(hello.attach);
      this.#greet(hello);
      return "greeted";
    } catch (error) {
      // `sendViolation` has to answer in protocol 2
      if (error instanceof ProtocolError) this.#handler = greetedHandler(this.#context(), null);
      if (!(error instanceof RequestError)) throw error;
      const failure = reportFailure(this.#services, this.#ownIdentity, error);
      this.#connection.writer.send(encodeFail(null, failure));
      return failure.code === "unauthenticated" ? "refused" : "misunderstood";
    }
  }

  /** Becomes a data connection. @throws {RequestError} `unauthenticated` for an unknown token */
  #attach(token: string): void {
    const owner = this.#services.tokens.find(token);
    if (owner === null) throw new RequestError("unauthenticated");
    this.#ownIdentity.leaveChat();
    this.#owner = owner;
    owner.addDataSession(this);
  }

  #greet({ agent, attach: _, resume: secret, ...said }: ClientHello): void {
    const { settings, hub, tokens } = this.#services;
    const owner = this.#owner;
    this.#connection.reader.allowZstd();
    const resume = secret && !owner ? this.#services.resumptions.begin(secret, this) : null;
    this.#ownIdentity.greet({ ...said, resume });
    this.#token = owner === null ? tokens.issue(this) : null;
    this.#handler = greetedHandler(this.#context(), this.#owner);
    const you = { nick: this.identity.nick, session: (owner ?? this).token ?? "" };
    const hello = serverHello(this.#services, you, this.#endPoint);
    this.#connection.writer.send(encodeServerHello(hello));
    welcome(hub, this.#ownIdentity.member);
    const of = owner && { of: owner.id };
    settings.onEvent({ event: "hello", client: this.id, protocol: 2, agent, ...of });
  }

  #context(): SessionContext {
    return {
      services: this.#services,
      connection: this.#connection,
      identity: this.identity,
      isData: this.isData,
      endPoint: this.#endPoint,
      onViolation: (error) => void this.#onViolation(error),
      onDone: () => void this.closeGracefully("unauthenticated"),
    };
  }

  async #onViolation(error: ProtocolError): Promise<void> {
    if (error.code === "truncated") return this.close("truncated");
    if (this.#connection.isClosed || this.#reason !== null) return;
    this.#handler.sendViolation(error);
    this.#handler.onClosed();
    await this.closeGracefully(error.code === "too-large" ? "too-large" : "violation");
  }

  #leave(): void {
    const reason = this.#reason;
    this.#pace.close();
    this.#ownIdentity.leaveChat(reason === "quit" || reason === "ended" ? reason : "lost");
    this.#services.resumptions.end(this);
    if (this.#token !== null) this.#services.tokens.revoke(this.#token);
    this.#owner?.removeDataSession(this);
    for (const session of this.#dataSessions ?? []) session.close("session-ended");
  }

  #onClose(reason: unknown): void {
    this.#reason ??= reason === "slow-consumer" ? "slow-consumer" : "lost";
    this.#leave();
    this.#handler.onClosed();
  }
}
