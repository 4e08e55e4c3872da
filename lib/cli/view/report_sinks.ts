import type { ByteSink } from "./byte_sink.ts";
import type { ErrorOutput } from "./error_output.ts";
import { outputColumns } from "./terminal_columns.ts";

/** Standard output and standard error, or what stands for them. */
export interface ReportSinks {
  readonly out: ByteSink;
  readonly err: ByteSink;
  /** The width of the terminal that one of them is. Default: no limit. */
  readonly columns?: (sink: "out" | "err") => number;
}

/** Those of the process. */
export const STANDARD_SINKS: ReportSinks = {
  out: Deno.stdout,
  err: Deno.stderr,
  columns: (sink) => outputColumns(sink === "out" ? Deno.stdout : Deno.stderr),
};

/** A sink that takes bytes once the other output is written: on one screen a bar is cleared before a result. */
export function behind(output: ErrorOutput, sink: ByteSink): ByteSink {
  return {
    write: async (bytes) => {
      if (!output.isIdle) await output.written();
      return await sink.write(bytes);
    },
  };
}
