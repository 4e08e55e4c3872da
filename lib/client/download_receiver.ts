import type { DownloadHead } from "../protocol/answers.ts";
import type { RequestError } from "../protocol/errors.ts";

/** The fields of FGET. */
export interface DownloadQuery {
  readonly path: string;
  readonly offset: number;
  readonly version: string | null;
  readonly zstd: boolean;
  /** At most so many bytes, where the server has the feature `ranges`; else all. */
  readonly length?: number;
}

/** Takes the frames of a download. */
export interface DownloadReceiver {
  /** Whether FMET has arrived. */
  readonly hasBegun: boolean;
  /** To be called when the request is sent. @param cancel makes the server stop. @param id of the request */
  onRequested(cancel: () => void, id: number): void;
  /** Handles FMET. @throws {ProtocolError} if it does not match the request */
  onHead(head: DownloadHead): void;
  /** Handles data, and owns their buffer. Resolves when there is room for more. */
  onData(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Handles the payload of FZST. Resolves when there is room for more. */
  onZstd(payload: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Handles FEND. @param sha256 of the whole file; `null` if a piece came and it is not known */
  onEnd(sha256: string | null): void;
  /** Handles FAIL. */
  onFail(error: RequestError): void;
  /** The connection has ended. */
  fail(error: unknown): void;
}
