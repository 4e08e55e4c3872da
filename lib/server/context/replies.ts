import type { ListingPage, Omissions } from "../../protocol/answers.ts";
import { encodeJsonFrame, type JsonFrameType } from "../../protocol/frames.ts";
import { encodeFail, reportFailure, type RequestSubject } from "./failure_reply.ts";
import { PendingRequests } from "./pending_requests.ts";
import type { SessionContext } from "./session_context.ts";

/** The pending requests of a protocol 2 connection, and the frames that end them. */
export class Replies {
  readonly pending = new PendingRequests();
  readonly #context: SessionContext;

  /** Writes to the connection of `context`. */
  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Sends a frame that ends no request. */
  send(type: JsonFrameType, fields: Record<string, unknown>): void {
    this.#context.connection.writer.send(encodeJsonFrame(type, fields));
  }

  /** Sends a page of an answer that goes on. Resolves when it is handed to the system. */
  sendPage(
    id: number,
    { entries, omitted }: Pick<ListingPage, "entries"> & { readonly omitted: Omissions | null },
  ): Promise<void> {
    const page = { id, entries, ...(omitted && { omitted }) };
    return this.#context.connection.writer.sendBulk(encodeJsonFrame("PAGE", page));
  }

  /** Sends DONE. The request has ended. */
  done(id: number, result: Record<string, unknown>): void {
    this.pending.end(id);
    this.send("DONE", { id, ...result });
  }

  /**
   * Sends FAIL, and logs the failure. The request has ended.
   *
   * @param id `null` if the failure belongs to no request
   */
  fail(id: number | null, error: unknown, subject: RequestSubject = {}): void {
    const frame = this.encodeFailure(id, error, subject);
    if (frame !== null) this.#context.connection.writer.send(frame);
  }

  /** The frame that `fail` sends, for another lane; `null` if the connection is closed. */
  encodeFailure(id: number | null, error: unknown, subject: RequestSubject): Uint8Array | null {
    if (id !== null) this.pending.end(id);
    const { services, identity, connection } = this.#context;
    if (connection.isClosed) return null;
    return encodeFail(id, reportFailure(services, identity, error, subject));
  }

  /** FEND of a download, for the bulk lane. The request has ended. */
  encodeFileEnd(id: number, sha256: string | null): Uint8Array {
    this.pending.end(id);
    return encodeJsonFrame("FEND", { id, ...(sha256 !== null && { sha256 }) });
  }
}
