import type { SentError } from "./sent_error.ts";

/** Files up to this size are sent as one piece, and from the beginning. */
export const SMALL_FILE_BYTES: number = 64 * 1024;

/** Sends a file of this machine. */
export interface UploadJob {
  readonly kind: "upload";
  readonly file: File;
  /** On the server. */
  readonly path: string;
  /** Names this very file, so that the upload can be gone on with; `null` for a small one. */
  readonly identity: string | null;
  readonly replace: boolean;
  /** The room that the file is offered in; `null` for none. */
  readonly room: string | null;
}

/** Where a download goes. */
export type DownloadTarget =
  /** A `Blob` in the memory of the browser. */
  | { readonly kind: "memory" }
  /** A file of this name in the private folder of the page, from which it is saved when it is right. */
  | { readonly kind: "private"; readonly name: string }
  /** A file that the person has picked, which gets its content when that is right. */
  | { readonly kind: "picked"; readonly handle: FileSystemFileHandle };

/** Fetches a file. */
export interface DownloadJob {
  readonly kind: "download";
  /** On the server. */
  readonly path: string;
  /** In bytes, as it was listed. */
  readonly size: number;
  readonly target: DownloadTarget;
}

/** Hashes a file of this machine. */
export interface HashJob {
  readonly kind: "hash";
  readonly file: File;
}

/** What a mover does. */
export type MoverJob = UploadJob | DownloadJob | HashJob;

/** What a mover has done: every byte of it was hashed. */
export interface MoverResult {
  /** In hex; the server's and that of the bytes here are the same. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  /** The content of a download to memory. */
  readonly blob: Blob | null;
}

/** How far a job is. */
export interface MoverProgress {
  /** In bytes. */
  readonly done: number;
  readonly phase: "moving" | "checking";
  /** Where it went on after an interruption; 0 for none. */
  readonly resumedAt: number;
  /** The size as the server tells it; `null` where it does not. */
  readonly size: number | null;
}

/** The session of a client, as a connection for files attaches to it. */
export interface PlacedSession {
  readonly session: string;
  /** Where its server is. */
  readonly origin: string;
}

/** To a mover. */
export type ToMover =
  /** @param session of the client whose rights count; `null` for a job without a server */
  | {
    readonly kind: "run";
    readonly id: number;
    readonly session: PlacedSession | null;
    readonly job: MoverJob;
  }
  | { readonly kind: "cancel"; readonly id: number };

/** From a mover. */
export type FromMover =
  /** It has been loaded. */
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly id: number; readonly progress: MoverProgress }
  | { readonly kind: "done"; readonly id: number; readonly result: MoverResult }
  | { readonly kind: "failed"; readonly id: number; readonly error: SentError };
