import { pause } from "../../async/pause.ts";

/** The pause before a full non-blocking sink is tried again. */
const FULL_MS = 20;

/** Where bytes go, such as `Deno.stdout`. */
export interface ByteSink {
  /** Writes some of the bytes, and resolves to their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Writes some of the bytes, and resolves to their number: 0, after a pause, where another program has
 * made the pipe non-blocking and it is full.
 */
export async function writeSome(sink: ByteSink, bytes: Uint8Array): Promise<number> {
  try {
    return await sink.write(bytes);
  } catch (error) {
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    await pause(FULL_MS);
    return 0;
  }
}
