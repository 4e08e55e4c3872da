import { RequestError } from "../protocol/errors.ts";
import { pause } from "../async/pause.ts";
import type { Client } from "./client.ts";

/** How long to leave a nick to whoever has it. */
const RETRY_MS = 5_000;

/** Until when a nick is tried for. */
export interface ReclaimOptions {
  /** Whether it is still the one to have. */
  readonly isWanted: () => boolean;
  /** Ends the wish. */
  readonly signal: AbortSignal;
}

/**
 * Takes the nick that one had before the connection was lost. The server may not know yet that it
 * is lost, and think that somebody has it: then it is tried again from time to time.
 *
 * Resolves after the first try.
 *
 * @throws {RequestError} when it cannot be had for another reason
 */
export async function reclaimNick(
  client: Client,
  nick: string,
  wish: ReclaimOptions,
): Promise<void> {
  if (!await isTaken(client, nick)) return;
  tryLater(client, nick, wish).catch(() => {}); // What fails now fails again when it is asked for
}

async function tryLater(
  client: Client,
  nick: string,
  { isWanted, signal }: ReclaimOptions,
): Promise<void> {
  do {
    await pause(RETRY_MS, signal);
    if (client.isClosed || signal.aborted || !isWanted()) return;
  } while (await isTaken(client, nick));
}

/** Tries to take a nick; whether somebody else has it. */
async function isTaken(client: Client, nick: string): Promise<boolean> {
  try {
    await client.chat.setNick(nick);
    return false;
  } catch (error) {
    if (error instanceof RequestError && error.code === "exists") return true;
    throw error;
  }
}
