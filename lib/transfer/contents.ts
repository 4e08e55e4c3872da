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
}
