import { encodeEvent } from "../protocol/chat_events.ts";
import { Member } from "./member.ts";
import type { Person } from "./person.ts";
import type { Rooms } from "./rooms.ts";

/**
 * Announces that a member of any server has another nick than `old`.
 *
 * Members of a single room get the event from the log of that room, which costs nothing. Members
 * of several rooms get a frame of their own, in its place among the events of all their rooms.
 * Only the connection of the renamed member is woken, so that many changes cost few writes.
 */
export function announceNick(rooms: Rooms, person: Person, old: string): void {
  rooms.flushChanges();
  const frame = nickEvent(old, person.nick);
  const others = new Set(
    person.roomNames.flatMap((name) => rooms.find(name)?.announceNick(frame) ?? []),
  );
  const renamed = person instanceof Member ? person : null;
  if (renamed?.roomNames.length === 0 && renamed.protocol === 2) others.add(renamed);
  for (const { outlet } of others) {
    outlet.gather();
    outlet.queue(frame);
  }
  renamed?.outlet.wake();
}

/** Encodes the event of a change of nick. */
export function nickEvent(old: string, nick: string): Uint8Array {
  return encodeEvent({ event: "nick", old, nick });
}
