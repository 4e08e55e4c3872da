import type { RoomEvent } from "../protocol/chat_events.ts";
import type { Chat, JoinedRoom } from "./chat.ts";
import type { RoomSequencer } from "./room_sequencer.ts";

/** Told what was said in a room. */
export interface RoomListener {
  /** @param isPast it was said before one came, or while one was away */
  onEvents(events: readonly RoomEvent[], isPast: boolean): void;
  /** So many messages are not in the history any more. */
  onMissed(count: number): void;
}

/**
 * Enters a room, for the first time or again, and tells what was said: the last `history` messages
 * at the first time, else everything since the last that was told.
 *
 * @throws as {@link Chat.join} does
 */
export async function syncRoom(
  chat: Chat,
  room: string,
  timeline: RoomSequencer,
  { history, listener }: { readonly history: number; readonly listener: RoomListener },
): Promise<JoinedRoom> {
  timeline.pause();
  const joined = await chat.join(room);
  timeline.onJoined(joined.seq);
  if (timeline.lastSeq === null) {
    const past = await lastEvents(chat, room, Math.min(history, joined.seq));
    listener.onEvents(timeline.addHistory(past), true);
  } else {
    await tellMissed(chat, room, timeline, { upTo: joined.seq, listener });
  }
  listener.onEvents(timeline.resume(joined.seq), false);
  return joined;
}

/** The last `count` messages of a room, oldest first, in as many requests as it takes. */
export async function lastEvents(chat: Chat, room: string, count: number): Promise<RoomEvent[]> {
  let events: RoomEvent[] = [];
  while (events.length < count) {
    const [oldest] = events;
    const page = await chat.history(room, {
      limit: count - events.length,
      ...(oldest !== undefined && { before: oldest.seq }),
    });
    if (page.length === 0) return events;
    events = [...page, ...events];
  }
  return events;
}

async function tellMissed(
  chat: Chat,
  room: string,
  timeline: RoomSequencer,
  { upTo, listener }: { readonly upTo: number; readonly listener: RoomListener },
): Promise<void> {
  for (;;) {
    const last = timeline.lastSeq ?? 0;
    if (last >= upTo) return;
    const events = await chat.history(room, { after: last });
    const missed = (events[0]?.seq ?? upTo + 1) - last - 1;
    if (missed > 0) listener.onMissed(missed);
    if (events.length === 0) return;
    listener.onEvents(timeline.addHistory(events), true);
  }
}
