import { LIMITS } from "../protocol/limits.ts";
import { isStalled } from "../stream/frames/is_overdue.ts";
import type { BulkWriter } from "../stream/frames/bulk_writer.ts";
import { FrameWriter } from "../stream/frames/frame_writer.ts";
import { formatAddress } from "../stream/ip_address.ts";
import { closeSocket, setUpSocket, shutDownAndDrain, type Socket } from "../stream/socket.ts";
import type { HttpConnection as TakenConnection } from "../server/web_page.ts";
import { HeadReader } from "./head_reader.ts";
import { emptyAnswer, encodeHead, type HttpAnswer } from "./http_answer.ts";
import { HttpFailure } from "./http_failure.ts";
import { PeerWatch } from "./peer_watch.ts";
import { type RequestHead, wantsKeepAlive } from "./request_head.ts";

/** What answers the requests of a connection. */
export interface Responder {
  /**
   * Answers a request. Never rejects.
   *
   * @param signal fires when the connection is closed
   */
  answer(head: RequestHead, peer: HttpPeer, signal: AbortSignal): Promise<HttpAnswer>;
  /** The answer to a request that fails. @param head `null` for one that could not be read */
  fail(failure: HttpFailure, head: RequestHead | null): HttpAnswer;
  /** An answer could not be sent whole. @returns what to answer instead, if nothing of it was sent */
  reportFailure(error: unknown, head: RequestHead, peer: HttpPeer): HttpAnswer;
  /** The headers of the answer that opens a WebSocket; `null` if the request asks for none. */
  upgrade(head: RequestHead): Promise<Record<string, string> | null>;
  /** Serves a client over a connection that was upgraded, and which it owns from now on. */
  serveClient(peer: HttpPeer, socket: Socket, early: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** The peer of a connection. */
export interface HttpPeer {
  /** The number of the connection: negative, those of clients are positive. */
  readonly id: number;
  /** Without the port. */
  readonly address: string;
}

/** Knows whether anything of an answer was sent. */
class AnswerWriter implements BulkWriter {
  readonly #writer: FrameWriter;
  hasBegun = false;

  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  sendBulk(bytes: Uint8Array): Promise<void> {
    this.hasBegun = true;
    return this.#writer.sendBulk(bytes);
  }
}

/** A connection of HTTP/1.1: requests, and one answer after the other. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #peer: HttpPeer;
  readonly #reader: HeadReader;
  readonly #writer: FrameWriter;
  readonly #responder: Responder;
  readonly #closing = new AbortController();
  #isStopping = false;
  /** Whether the socket belongs to a client now. */
  #isUpgraded = false;

  /** Takes ownership of the socket. */
  constructor({ id, socket, first }: TakenConnection, responder: Responder) {
    this.#socket = socket;
    this.#peer = { id, address: formatAddress(socket.remoteAddr) };
    this.#reader = new HeadReader(socket, first);
    this.#writer = new FrameWriter(socket, {
      onOverflow: () => this.close(),
      onError: () => this.close(),
    });
    this.#responder = responder;
  }

  /** The address of the peer, without the port. */
  get address(): string {
    return this.#peer.address;
  }

  /** The number of the connection. */
  get id(): number {
    return this.#peer.id;
  }

  /**
   * Since when the peer has sent nothing of a next request; `null` if a request is under way, and once the
   * connection is closed.
   */
  get idleSinceMs(): number | null {
    return this.#closing.signal.aborted ? null : this.#reader.idleSinceMs;
  }

  /** Whether a client has the socket now. */
  get isUpgraded(): boolean {
    return this.#isUpgraded;
  }

  /** Answers requests until the connection is closed. Never rejects. */
  async run(): Promise<void> {
    try {
      setUpSocket(this.#socket);
      for (let left: number = LIMITS.httpRequests; left > 0; left--) {
        const head = await this.#nextHead();
        if (head === null) break;
        if (head instanceof HttpFailure) {
          await this.#send(null, this.#responder.fail(head, null));
          break;
        }
        const upgraded = await this.#upgrade(head);
        if (upgraded === "client") return;
        if (upgraded === "refused" || !await this.#respond(head, left > 1)) break;
      }
      await shutDownAndDrain(this.#socket);
    } catch {
      // The peer has left, or is too slow
    }
    this.close();
  }

  /** Closes the connection once no answer is under way. */
  stop(): void {
    this.#isStopping = true;
    if (this.idleSinceMs !== null) this.close();
  }

  /** Closes the connection at once, unless a client has it. Repeated calls do nothing. */
  close(): void {
    if (this.#isUpgraded || this.#closing.signal.aborted) return;
    const reason = new Error("The connection is closed");
    this.#closing.abort(reason);
    this.#writer.abort(reason);
    closeSocket(this.#socket);
  }

  /** Closes a connection that is too slow. @param nowMs a reading of `performance.now()` */
  checkDeadlines(nowMs: number): void {
    if (this.#reader.isOverdue(nowMs) || this.#isStalled(nowMs)) this.close();
  }

  #isStalled(nowMs: number): boolean {
    const stall = this.#writer.stall(nowMs);
    if (stall === null) return false;
    const wait = { waitedMs: stall.waitedMs, limitMs: LIMITS.stalledBulkMs };
    return isStalled(wait, this.#writer.takenByMs, nowMs);
  }

  async #nextHead(): Promise<RequestHead | HttpFailure | null> {
    try {
      return await this.#reader.read();
    } catch (error) {
      if (error instanceof HttpFailure) return error;
      throw error;
    }
  }

  /** Turns the connection into that of a client, until its end, if the request asks for that. */
  async #upgrade(head: RequestHead): Promise<"no" | "refused" | "client"> {
    let headers: Record<string, string> | null;
    try {
      headers = await this.#responder.upgrade(head);
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      await this.#send(head, this.#responder.fail(error, head));
      return "refused";
    }
    if (headers === null) return "no";
    await this.#writer.sendBulk(encodeHead(101, headers));
    const early = this.#reader.takeRest();
    this.#isUpgraded = true;
    await this.#responder.serveClient(this.#peer, this.#socket, early);
    return "client";
  }

  /** Answers a request; resolves to whether the connection stays open for the next. */
  async #respond(head: RequestHead, mayStay: boolean): Promise<boolean> {
    const answer = await this.#answerTo(head);
    const hasEnd = (answer.length !== null || head.isHttp11) && !head.hasBody;
    const staysOpen = mayStay && hasEnd && wantsKeepAlive(head) && !this.#isStopping;
    const writer = new AnswerWriter(this.#writer);
    try {
      await this.#send(head, answer, staysOpen, writer);
    } catch (error) {
      // A peer that has left, or is too slow, has closed the connection before
      if (this.#closing.signal.aborted) throw error;
      const failure = this.#responder.reportFailure(error, head, this.#peer);
      if (writer.hasBegun) throw error;
      await this.#send(head, failure, staysOpen);
    }
    return staysOpen;
  }

  async #answerTo(head: RequestHead): Promise<HttpAnswer> {
    using _ = new PeerWatch({
      endsNext: () => this.#reader.endsNext(),
      probe: head.isHttp11 ? () => this.#writer.sendBulk(encodeHead(102, {})) : null,
      onLeft: () => this.close(),
    });
    return await this.#responder.answer(head, this.#peer, this.#closing.signal);
  }

  /** @param head `null` for a request that could not be read */
  async #send(
    head: RequestHead | null,
    answer: HttpAnswer,
    staysOpen = false,
    writer = new AnswerWriter(this.#writer),
  ): Promise<void> {
    const { status, headers, length } = answer;
    const framing: Record<string, string> = status === 304
      ? {}
      : length !== null
      ? { "content-length": String(length) }
      : head?.isHttp11
      ? { "transfer-encoding": "chunked" }
      : {};
    const connection = { "connection": staysOpen ? "keep-alive" : "close" };
    const date = { "date": new Date().toUTCString() };
    const bytes = encodeHead(status, { ...date, ...connection, ...framing, ...headers });
    const { send } = head?.method === "HEAD" ? emptyAnswer(status, headers) : answer;
    await send({ head: bytes, writer });
  }
}
