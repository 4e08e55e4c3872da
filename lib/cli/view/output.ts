import { cleanText } from "../../protocol/text.ts";

const encoder = new TextEncoder();

/** Writes a text to standard output. Synchronous: all of it is written on return. */
export function writeOut(text: string): void {
  writeAll(Deno.stdout, encoder.encode(text));
}

/** The same for standard error. What it cannot take is lost: there is no place to say so. */
export function writeError(text: string): void {
  try {
    writeAll(Deno.stderr, encoder.encode(text));
  } catch {
    // The disk is full, or the terminal is gone
  }
}

/** Bytes to standard output. */
export function writeOutBytes(bytes: Uint8Array): void {
  writeAll(Deno.stdout, bytes);
}

/**
 * A message from a peer, safe for a terminal. Its further lines are indented under the first, so
 * that none looks like a message of another client.
 */
export function formatMessage(text: string): string {
  return cleanText(text).replaceAll("\n", "\n         | ");
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
