import { pause } from "../async/pause.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Chat } from "./chat.ts";
import type { ChatClient } from "./chat_client.ts";

/** The pause between two attempts. */
const RETRY_MS = 5_000;

/** Options of {@link reclaimNick}: when its attempts end. */
export interface ReclaimOptions {
  /** The chat of the connection that the client had before, which ends in a cluster; `null` for none. */
  readonly lost: Chat | null;
  /** Whether the client still wants this nick. */
  readonly isWanted: () => boolean;
  /** Called with the nick that the server has given when a later attempt has taken it. */
  readonly onReclaimed: (nick: string) => void;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/**
 * Takes the nick that the client had before its connection was lost. While the server has not noticed
 * the loss, the nick is still in use: then further attempts follow in the background.
 *
 * Resolves after the first attempt, to whether others follow.
 *
 * @throws {RequestError} when the server refuses the nick for another reason
 */
export async function reclaimNick(
  client: ChatClient,
  nick: string,
  options: ReclaimOptions,
): Promise<boolean> {
  if (!await isTaken(client, nick, options.lost)) return false;
  retryLater(client, nick, options).catch(() => {}); // The next request reports the same failure
  return true;
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
  onReclaimed(client.chat.nick ?? nick);
}

/** Tries to take a nick. Resolves to whether another client has it. */
async function isTaken(
  client: ChatClient,
  nick: string,
  lost: Chat | null = null,
): Promise<boolean> {
  try {
    await client.chat.setNick(nick, lost);
    return false;
  } catch (error) {
    if (error instanceof RequestError && error.code === "exists") return true;
    throw error;
  }
}
