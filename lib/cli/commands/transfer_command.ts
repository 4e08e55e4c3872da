import type { ReportFormat } from "../view/reporter.ts";
import type { ConnectToldOptions } from "./connect_told.ts";

/** Options that `get` and `put` share. */
export interface TransferCommandOptions extends ConnectToldOptions {
  /** What is moved: files and folders, for `get` also patterns. */
  readonly paths: readonly string[];
  readonly replace: boolean;
  /** Resume transfers that an earlier command left. */
  readonly resume: boolean;
  readonly zstd: boolean;
  /** Patterns of what is left out. */
  readonly exclude: readonly string[];
  /** The pause after which all is done again, until the signal fires; `null` for once. */
  readonly everyMs: number | null;
  /** Only print what would be done. */
  readonly dryRun: boolean;
  /** Compare by SHA-256 for that, even if size and time are the same. */
  readonly checksum: boolean;
  /** Take over that a file may be executed. */
  readonly exec: boolean;
  /** Write the SHA-256 of the files into this file; for `put` under their paths on the server. */
  readonly sums?: string | undefined;
  readonly format: ReportFormat;
}
