import { LIMITS } from "../../protocol/limits.ts";
import type { Locale } from "../texts/locale.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { ResultOutput } from "../view/result_output.ts";

/**
 * Where an input prints. What takes nothing, as a terminal after Ctrl-S, holds up no connection: texts
 * wait for it up to a limit, and those beyond are counted.
 */
export interface LineOutput {
  /** Prints a text. @throws {OutputClosedError | DiskError} if an earlier one could not be written */
  readonly write: (text: string) => void;
  /** Resolves once the results of another line have room. @throws as `write` does */
  readonly room: () => Promise<void>;
  /** Resolves once all is written, or a second after the end. @throws as `write` does */
  readonly written: () => Promise<void>;
}

/** Standard output, as a terminal or for a script. @param signal Ctrl-C */
export function openLineOutput(
  isTerminal: boolean,
  locale: Locale,
  signal: AbortSignal,
): LineOutput {
  if (isTerminal) return openScreen(locale);
  const errors = new ErrorOutput(locale);
  const results = new ResultOutput({
    limitBytes: LIMITS.unreadOutputBytes,
    onGap: (count) => errors.writeGap(count),
  });
  return {
    write: (text) => results.write(text),
    room: () => results.room(signal),
    written: async () => {
      await results.written(signal);
      await errors.written();
    },
  };
}

/** A terminal: a user reads it, no program, so that what it does not take may be left out. */
function openScreen(locale: Locale): LineOutput {
  const screen = new ErrorOutput(locale, Deno.stdout);
  return {
    write: (text) => screen.write(text),
    room: () => Promise.resolve(),
    written: () => screen.written(),
  };
}
