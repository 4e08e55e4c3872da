import type { ByteSink } from "./byte_sink.ts";
import type { ErrorOutput } from "./error_output.ts";

/** Standard output and standard error, or what stands for them. */
export interface ReportSinks {
  readonly out: ByteSink;
  readonly err: ByteSink;
}

/** A sink that takes bytes once the other output is written: on one screen a bar is cleared before a result. */
export function behind(output: ErrorOutput, sink: ByteSink): ByteSink {
  return {
    write: async (bytes) => {
      if (!output.isIdle) await output.written();
      return await sink.write(bytes);
    },
  };
}
