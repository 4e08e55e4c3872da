import { type BatchHead, contentBytes, decodeBatchHead } from "../protocol/batch_head.ts";
import { ProtocolError, type RequestError } from "../protocol/errors.ts";
import type { JsonObject } from "../protocol/json.ts";
import { BatchContent } from "../transfer/batch_content.ts";

/** The answer to an MGET. */
export interface BatchAnswer {
  readonly head: BatchHead;
  /** The contents of all files, one behind the other. The receiver owns the buffer. */
  readonly content: Uint8Array<ArrayBuffer>;
}

/** What happens while an answer arrives. */
export interface BatchEvents {
  /** Called with all bytes that are there, when more arrive. */
  readonly onBytes?: (bytes: number) => void;
  /** Gets each buffer of data back. */
  readonly onSpare?: (buffer: ArrayBuffer) => void;
}

/** Takes the frames of the answer to an MGET: MMET, data, FEND, or FAIL at any point. */
export class BatchReceiver {
  readonly #files: number;
  readonly #events: BatchEvents;
  readonly #outcome = Promise.withResolvers<BatchAnswer>();
  #head: BatchHead | null = null;
  #content = new BatchContent(0);
  #cancelRequest: () => void = () => {};

  /** @param files the number of files in the request */
  constructor(files: number, events: BatchEvents = {}) {
    this.#files = files;
    this.#events = events;
    this.#outcome.promise.catch(() => {}); // Handled by the caller of `answer`
  }

  /** Settles with FEND or FAIL, or when the connection has ended. At most `LIMITS.batchBytes` are kept. */
  get answer(): Promise<BatchAnswer> {
    return this.#outcome.promise;
  }

  /** Whether MMET has arrived. */
  get hasBegun(): boolean {
    return this.#head !== null;
  }

  /** To be called when the request is sent. @param cancel makes the server stop */
  onRequested(cancel: () => void): void {
    this.#cancelRequest = cancel;
  }

  /** Handles MMET. @throws {RequestError} if it does not match the request */
  onTable(object: JsonObject): void {
    this.#head = decodeBatchHead(object, this.#files);
    this.#content = new BatchContent(contentBytes(this.#head.sizes));
  }

  /** Handles data, and owns their buffer. @throws {ProtocolError} beyond the announced bytes */
  onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#content.add(bytes)) throw wrongLength();
    this.#events.onSpare?.(bytes.buffer);
    this.#events.onBytes?.(this.#content.length);
    return Promise.resolve();
  }

  /** FZST was not asked for. @throws {ProtocolError} always */
  onZstd(): Promise<void> {
    throw new ProtocolError("bad-sequence", "Cannot follow the server: it compresses a batch");
  }

  /** Handles FEND. @throws {ProtocolError} if announced bytes are missing */
  onEnd(): void {
    const content = this.#content.whole();
    if (this.#head !== null && content !== null) {
      return this.#outcome.resolve({ head: this.#head, content });
    }
    const error = wrongLength();
    this.#outcome.reject(error); // It is no longer among those that end with the connection
    throw error;
  }

  /** Handles FAIL. */
  onFail(error: RequestError): void {
    this.#outcome.reject(error);
  }

  /** Ends the request on this side, and makes the server stop. */
  fail(error: unknown): void {
    this.#outcome.reject(error);
    this.#cancelRequest();
  }
}

function wrongLength(): ProtocolError {
  const message = "Cannot follow the server: a batch has another length than it announced";
  return new ProtocolError("bad-sequence", message);
}
