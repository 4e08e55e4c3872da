import { RequestError } from "../protocol/errors.ts";
import { pause } from "../async/pause.ts";
import type { Client } from "./client.ts";

/** The pause between two attempts. */
const RETRY_MS = 5_000;

/** When attempts end. */
export interface ReclaimOptions {
  /** Whether the client still wants this nick. */
  readonly isWanted: () => boolean;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/**
 * Takes the nick that the client had before its connection was lost. The server may not have noticed
 * the loss, so that the nick is still in use: then further attempts follow.
 *
 * Resolves after the first attempt.
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

/** Tries to take a nick; whether another client has it. */
async function isTaken(client: Client, nick: string): Promise<boolean> {
  try {
    await client.chat.setNick(nick);
    return false;
  } catch (error) {
    if (error instanceof RequestError && error.code === "exists") return true;
    throw error;
  }
}
