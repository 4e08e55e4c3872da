import type { Chat } from "../../client/chat.ts";
import { foldNick } from "../../protocol/chat_names.ts";
import type { Person } from "../model/person.ts";

/**
 * What the server tells of a nick; `null` when no member has it.
 *
 * @param rooms that the client is in: others tell nothing of their members
 * @throws {RequestError}
 */
export async function findPerson(
  chat: Chat,
  nick: string,
  rooms: readonly string[],
): Promise<Person | null> {
  const isIt = (member: { readonly nick: string }) => foldNick(member.nick) === foldNick(nick);
  const found = (await chat.members()).find(isIt);
  if (found === undefined) return null;
  const { user, since, away } = found;
  const isInside = await Promise.all(
    rooms.map(async (room) => (await chat.members(room)).some(isIt)),
  );
  return { user, since, away, rooms: rooms.filter((_, i) => isInside[i]) };
}
