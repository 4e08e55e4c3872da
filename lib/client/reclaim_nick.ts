import { pause } from "../async/pause.ts";
import { RequestError } from "../protocol/errors.ts";
import type { ChatClient } from "./chat_client.ts";

/** The pause between two attempts. */
const RETRY_MS = 5_000;

/** Options of {@link reclaimNick}: when its attempts end. */
export interface ReclaimOptions {
  /** Whether the client still wants this nick. */
  readonly isWanted: () => boolean;
  /** Called when a later attempt has taken the nick. */
  readonly onReclaimed: () => void;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/**
 * Takes the nick that the client had before its connection was lost. While the server has not noticed
 * the loss, the nick is still in use: then further attempts follow in the background.
 *
 * Resolves after the first attempt.
 *
 * @throws {RequestError} when the server refuses the nick for another reason
 */
export async function reclaimNick(
  client: ChatClient,
  nick: string,
  options: ReclaimOptions,
): Promise<void> {
  if (!await isTaken(client, nick)) return;
  retryLater(client, nick, options).catch(() => {}); // The next request reports the same failure
}

async function retryLater(
  client: ChatClient,
  nick: string,
  { isWanted, onReclaimed, signal }: ReclaimOptions,
): Promise<void> {
  do {
    await pause(RETRY_MS, signal);
    if (client.isClosed || signal.aborted || !isWanted()) return;
  } while (await isTaken(client, nick));
  onReclaimed();
}

/** Tries to take a nick. Resolves to whether another client has it. */
async function isTaken(client: ChatClient, nick: string): Promise<boolean> {
  try {
    await client.chat.setNick(nick);
    return false;
  } catch (error) {
    if (error instanceof RequestError && error.code === "exists") return true;
    throw error;
  }
}
