import { dirname } from "./path.ts";
import { makeUserFolder } from "./own_marks.ts";
import { readQuietly } from "./read_quietly.ts";

/** Reads the lines of earlier sessions, the newest first; none if the file cannot be read. */
export function readLineHistory(path: string): string[] {
  return (readQuietly(path) ?? "").split("\n").filter((line) => line !== "").reverse();
}

/**
 * Saves lines for later sessions, in a file created with mode 0600. A failure is ignored.
 *
 * @param lines the newest first
 */
export function writeLineHistory(path: string, lines: readonly string[]): void {
  try {
    makeUserFolder(dirname(path));
    const text = lines.toReversed().map((line) => `${line}\n`).join("");
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
  } catch {
    // A full disk is no reason to disturb a conversation
  }
}
