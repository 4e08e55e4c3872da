import { SERVER_NAME } from "../../protocol/chat_names.ts";
import { findCommand } from "./commands.ts";
import { parseRoomName } from "./typed_names.ts";

/** Takes an admin's commands for the server's console, whose answers come as notices. */
export const CONSOLE = { to: SERVER_NAME };

/**
 * Whether the server's console carries out a line of an admin: what begins with `/` and is no command
 * of the client, `/who` and `/limit`, and the topic of a room that the client is not in.
 */
export function isForConsole(line: string, joined: readonly string[]): boolean {
  const [, word, room = ""] = /^\/(\S*)\s*(#\S+)?/.exec(line) ?? [];
  if (word === undefined) return false;
  const command = findCommand(word);
  if (command === "topic") return room !== "" && !joined.includes(parseRoomName(room));
  return command === null || command === "who" || command === "limit";
}
