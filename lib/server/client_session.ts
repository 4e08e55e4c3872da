import type { Account } from "../accounts/account_store.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import { type ClientHello, decodeClientHello, encodeServerHello } from "../protocol/hello.ts";
import { LIMITS } from "../protocol/limits.ts";
import { AGENT } from "../stream/version.ts";
import type { ControlFrame, Frame } from "../stream/frame_reader.ts";
import { FramedConnection, type Socket } from "../stream/framed_connection.ts";
import { MECHANISM } from "./authentication.ts";
import { ClientIdentity } from "./client_identity.ts";
import type { DisconnectReason } from "./events.ts";
import { Protocol1 } from "./protocol1.ts";
import { encodeFailure, Protocol2 } from "./protocol2.ts";
import { refuse } from "./refusals.ts";
import type { ServerServices } from "./services.ts";
import type { SessionContext } from "./session_context.ts";

/** Clients send requests and chat, nothing large: a flood of them gets no large buffers. */
const RECEIVE_BUFFER_BYTES = 64 * 1024;

/**
 * One connection, from its first byte to its last: a client, or a data connection of one.
 *
 * Whatever ends it, `close` or `finish` runs, the connection closes once, and `run` resolves. The
 * data connections of a client do not outlive it.
 */
export class ClientSession {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number = Date.now();
  readonly #services: ServerServices;
  readonly #connection: FramedConnection;
  /** Its own; for a data connection it means nothing. */
  readonly #identity: ClientIdentity;
  #front: Protocol1 | Protocol2;
  /** The client, where this is a data connection. */
  #owner: ClientSession | null = null;
  #dataSessions: Set<ClientSession> | null = null;
  #token: string | null = null;
  /** Nothing but HELO has come, which was not understood. */
  #mayGreet = true;
  #isPinged = false;
  #reason: DisconnectReason | null = null;

  /** Takes the connection over; nothing happens before `run`. */
  constructor(id: number, conn: Socket, services: ServerServices) {
    const { settings } = services;
    this.id = id;
    this.#services = services;
    const limits = { bufferBytes: RECEIVE_BUFFER_BYTES, ...settings.limits };
    this.#connection = new FramedConnection(conn, (reason) => this.#onClose(reason), limits);
    this.#identity = new ClientIdentity(id, this.#connection.remoteAddress, services);
    this.#identity.enterChat(this.#connection.writer, 1);
    this.#front = new Protocol1(this.#context());
  }

  /** Where it comes from. */
  get address(): string {
    return this.#identity.address;
  }

  /** The name in the chat. */
  get nick(): string {
    return this.#identity.member?.nick ?? `guest-${this.id}`;
  }

  /** The name of the account, or `null`. */
  get user(): string | null {
    return this.#identity.user;
  }

  /** The account, or `null`. */
  get account(): Account | null {
    return this.#identity.account;
  }

  /** Control frames and chat that wait to be sent. */
  get queuedBytes(): number {
    return this.#connection.writer.queuedBytes;
  }

  /** Whether it moves the files of another one, and is no client of its own. */
  get isData(): boolean {
    return this.#owner !== null;
  }

  /** Serves the client until it is gone, and returns why. Never throws. */
  async run(): Promise<DisconnectReason> {
    const { reader } = this.#connection;
    try {
      let reason: DisconnectReason | null = null;
      while (reason === null) reason = await this.#carryOut(await reader.read());
      this.#front.onEnd();
      await this.#front.drained();
      await this.finish(reason);
    } catch (error) {
      if (error instanceof ProtocolError) await this.#onViolation(error);
      else this.close("lost");
    }
    await this.#front.drained();
    return this.#reason ?? "lost";
  }

  /** Tells the client that the server stops, and refuses all requests that have not begun. */
  announceStop(notice: string): void {
    this.#notify(notice);
    this.#front.refuseRequests();
  }

  /** Ends the session once everything that the client asked for is sent, by its data connections, too. */
  async windUp(reason: DisconnectReason): Promise<void> {
    await this.#front.drained();
    await Promise.all([...this.#dataSessions ?? []].map((session) => session.windUp(reason)));
    await this.finish(reason);
  }

  /** Ends the session, and what it is being sent, with a last word. */
  async kick(notice: string): Promise<void> {
    this.#notify(notice);
    if (this.#front instanceof Protocol2) {
      this.#connection.writer.send(encodeFailure(null, "denied", notice)); // It is not to come back
    }
    this.#front.onClosed();
    await this.finish("kicked");
  }

  #notify(text: string): void {
    const { member } = this.#identity;
    if (member !== null) this.#services.hub.noticeTo(member, text);
  }

  /** Ends the session after what is queued has been sent. */
  async finish(reason: DisconnectReason): Promise<void> {
    this.#reason ??= reason;
    this.#leave();
    await this.#connection.finish(reason);
  }

  /** Ends the session at once. */
  close(reason: DisconnectReason): void {
    this.#reason ??= reason;
    this.#connection.close(reason);
  }

  /**
   * Ends the session if the client takes too long: for a frame that it began, for what waits for
   * it, or for a sign of life.
   *
   * @param nowMs a reading of `performance.now()`
   */
  checkPace(nowMs: number): void {
    const { stalledMs = LIMITS.stalledMs, stalledBulkMs = LIMITS.stalledBulkMs } =
      this.#services.settings.limits;
    if (this.#connection.reader.isOverdue(nowMs)) return this.close("too-slow");
    const stall = this.#connection.writer.stall(nowMs);
    if (stall !== null && stall.waitedMs > (stall.onlyBulk ? stalledBulkMs : stalledMs)) {
      return this.close("slow-consumer");
    }
    if (this.#front instanceof Protocol2) this.#checkSilence(nowMs, this.#front.stuckSinceMs);
    this.#checkLogin(this.#front);
  }

  /** Who has to log in, and does not, makes room for others. */
  #checkLogin(front: Protocol1 | Protocol2): void {
    const { loginMs = LIMITS.loginMs } = this.#services.settings.limits;
    if (this.#client.#identity.isAdmitted || Date.now() - this.sinceMs <= loginMs) return;
    if (front instanceof Protocol1 || front.isIdleBeforeLogin) this.close("unauthenticated");
  }

  /** The client that this is, or moves the files of. */
  get #client(): ClientSession {
    return this.#owner ?? this;
  }

  /** Who sent so much ahead that nothing more can be read of it, is silent, too. */
  #checkSilence(nowMs: number, stuckSinceMs: number | null): void {
    const { pingAfterMs = LIMITS.pingAfterMs, silenceMs = LIMITS.silenceMs } =
      this.#services.settings.limits;
    const stuckMs = stuckSinceMs === null ? 0 : nowMs - stuckSinceMs;
    const silentMs = Math.max(this.#connection.reader.silentMs(nowMs), stuckMs);
    if (silentMs > silenceMs) return this.close("silent");
    const isPinged = this.#isPinged;
    this.#isPinged = silentMs > pingAfterMs;
    if (this.#isPinged && !isPinged) {
      this.#connection.writer.send(encodeJsonFrame("PING", { id: 1 }));
    }
  }

  /** Carries a frame out; why the client has said all that it has to say, or `null`. */
  async #carryOut(frame: Frame | null): Promise<DisconnectReason | null> {
    if (frame === null) return "ended";
    if (frame.kind === "control" && frame.type === "QUIT") return "quit";
    if (this.#mayGreet && frame.kind === "control" && frame.type === "HELO") {
      const greeting = this.#onHello(frame);
      this.#mayGreet = greeting === "misunderstood";
      return greeting === "refused" ? "refused" : null;
    }
    this.#mayGreet = false;
    await this.#front.onFrame(frame);
    return null;
  }

  /** Switches to protocol 2, if the client says so rightly; else it is told. */
  #onHello({ payload }: ControlFrame): "greeted" | "misunderstood" | "refused" {
    try {
      const hello = decodeClientHello(payload);
      if (hello.attach !== null) this.#attach(hello.attach);
      this.#greet(hello);
      return "greeted";
    } catch (error) {
      if (error instanceof ProtocolError) this.#front = new Protocol2(this.#context());
      if (!(error instanceof RequestError)) throw error;
      const { code, message } = refuse(this.#services, this.#identity, error);
      this.#connection.writer.send(encodeFailure(null, code, message));
      return code === "unauthenticated" ? "refused" : "misunderstood";
    }
  }

  /** Becomes a data connection. @throws {RequestError} `unauthenticated` */
  #attach(token: string): void {
    const owner = this.#services.tokens.find(token);
    if (owner === null) throw new RequestError("unauthenticated");
    this.#identity.leaveChat();
    this.#owner = owner;
    (owner.#dataSessions ??= new Set()).add(this);
  }

  #greet({ agent }: ClientHello): void {
    const { settings, hub, tokens } = this.#services;
    const owner = this.#owner;
    const client = this.#client;
    const { member } = this.#identity;
    this.#connection.reader.takeZstd();
    if (member !== null) hub.upgrade(member);
    this.#token = owner === null ? tokens.issue(this) : null;
    this.#front = new Protocol2(this.#context());
    this.#connection.writer.send(encodeServerHello({
      agent: AGENT,
      features: featuresOf(settings),
      limits: {
        control: LIMITS.controlBytes,
        data: LIMITS.dataBytes,
        message: LIMITS.messageBytes,
      },
      auth: { required: settings.requireAccount, mechanisms: [MECHANISM] },
      you: { nick: client.nick, session: client.#token ?? "" },
    }));
    settings.onEvent({
      event: "hello",
      client: this.id,
      protocol: 2,
      agent,
      ...(owner !== null && { of: owner.id }),
    });
  }

  #context(): SessionContext {
    return {
      services: this.#services,
      connection: this.#connection,
      identity: this.#client.#identity,
      isData: this.isData,
      onViolation: (error) => void this.#onViolation(error),
      onEnough: () => void this.finish("unauthenticated"),
    };
  }

  async #onViolation(error: ProtocolError): Promise<void> {
    if (error.code === "truncated") return this.close("truncated");
    if (this.#connection.isClosed || this.#reason !== null) return;
    this.#front.tellViolation(error);
    this.#front.onClosed();
    await this.finish(error.code === "too-large" ? "too-large" : "violation");
  }

  #leave(): void {
    this.#identity.leaveChat();
    if (this.#token !== null) this.#services.tokens.revoke(this.#token);
    const owner = this.#owner;
    if (owner !== null) owner.#dataSessions?.delete(this);
    for (const session of this.#dataSessions ?? []) session.close("session-ended");
  }

  #onClose(reason: unknown): void {
    this.#reason ??= reason === "slow-consumer" ? "slow-consumer" : "lost";
    this.#leave();
    this.#front.onClosed();
  }
}

/** What this server can do beyond the bare protocol 2. */
function featuresOf({ chat, files, uploads }: ServerServices["settings"]): string[] {
  return [
    ...(files ? ["files", "zstd"] : []),
    ...(files && uploads ? ["upload"] : []),
    ...(chat ? ["chat"] : []),
  ];
}
