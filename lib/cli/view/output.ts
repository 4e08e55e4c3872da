import { asDiskError } from "../../files/disk_error.ts";
import { writeSome } from "./byte_sink.ts";
import { cleanText, display, type DisplayText, joinTexts } from "../../protocol/text.ts";

const encoder = new TextEncoder();

/** The reader of standard output is gone, as after `| head -1`: it has had enough. */
export class OutputClosedError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "OutputClosedError";
}

/**
 * Writes a text to standard output. Synchronous: all of it is written on return.
 *
 * @throws {OutputClosedError}
 * @throws {DiskError} when the output goes to a file that cannot be written
 */
export function writeOut(text: string): void {
  try {
    writeAll(Deno.stdout, encoder.encode(text));
  } catch (error) {
    throw asOutputError(error);
  }
}

/** The same for standard error. What it cannot take is lost: there is no place to say so. */
export function writeError(text: string): void {
  try {
    writeAll(Deno.stderr, encoder.encode(text));
  } catch {
    // The disk is full, or the terminal is gone
  }
}

/**
 * Bytes to standard output. Resolves once all are written; until then the buffer is in use.
 *
 * @throws {OutputClosedError}
 * @throws {DiskError} when the output goes to a file that cannot be written
 */
export async function writeOutBytes(bytes: Uint8Array): Promise<void> {
  try {
    for (let offset = 0; offset < bytes.length;) {
      offset += await writeSome(Deno.stdout, bytes.subarray(offset));
    }
  } catch (error) {
    throw asOutputError(error);
  }
}

/**
 * A message from a peer, safe for a terminal. Its further lines are indented under the first, so
 * that none looks like a message of another client.
 */
export function formatMessage(text: string): DisplayText {
  return joinTexts(text.split("\n").map(cleanText), display`\n         | `);
}

/** The error for standard output that cannot be written. */
export function asOutputError(error: unknown): Error {
  if (!(error instanceof Deno.errors.BrokenPipe)) return asDiskError(error, "stdout", "write");
  return new OutputClosedError("Cannot write stdout: its reader is gone", { cause: error });
}

function writeAll(sink: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += sink.writeSync(bytes.subarray(offset));
    } catch (error) {
      // A pipe that another program left non-blocking is full: try again
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
  }
}
