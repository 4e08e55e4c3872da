import type { CommittedFile } from "../../files/part_file.ts";

/** A file that has its final name. */
export interface ReceivedFile {
  readonly file: CommittedFile;
  readonly sha256: string;
  /** Whether the server had the content already, so that no data were asked for. */
  readonly isKnown?: boolean;
}
