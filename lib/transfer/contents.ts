import type { StoredFile } from "../files/directory_store.ts";

/** The content of a file, wherever in a cluster it is. */
export interface WantedContent {
  /** In hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Content that this server has, or that comes from another one. Disposal says that it is not needed any more. */
export interface ArrivingContent extends Disposable {
  /** Where it is to be read, as far as its bytes are there. */
  readonly file: StoredFile;
  /**
   * Resolves when the bytes before a position are there; at the end of the content, when the whole is right.
   *
   * @throws {RequestError} `busy` `no-copy` if no server can give it; `changed` if what came before was wrong
   * @throws {DiskError} if it cannot be written; the reason of the signal
   */
  until(position: number, signal: AbortSignal): Promise<void>;
}

/** Bytes of a content that go to a client as they come. */
export interface ContentRange {
  readonly offset: number;
  /** The position behind the last byte. */
  readonly end: number;
  /** Takes bytes, which are another one's again when it resolves. */
  write(bytes: Uint8Array): Promise<void>;
}

/** The contents of a cluster, for the transfers of one of its servers. Disposal ends what is under way. */
export interface Contents extends AsyncDisposable {
  /** Whether this server has a content apart from its served folder. */
  isKept(wanted: WantedContent): boolean;
  /** Removes a content that is kept: its bytes have turned out wrong. */
  forget(wanted: WantedContent): Promise<void>;
  /**
   * Opens content, and has it fetched where it is not here. Resolves when its bytes are about to come.
   *
   * @throws as {@link ArrivingContent.until} does
   */
  open(wanted: WantedContent, signal: AbortSignal): Promise<ArrivingContent>;
  /** Whether the byte at an offset is to be had from {@link open} without a wait for much of what is before it. */
  isNear(wanted: WantedContent, offset: number): boolean;
  /**
   * Hands on bytes of a content straight from another server. Nothing of them is kept, and, as for a part of a file that
   * is here, they are not verified: only a whole can be.
   *
   * @throws {RequestError} `busy` `no-copy` if no server can give them; what `write` throws; the reason of the signal
   */
  stream(wanted: WantedContent, range: ContentRange, signal: AbortSignal): Promise<void>;
}
