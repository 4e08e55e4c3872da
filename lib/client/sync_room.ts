import type { JoinedRoom } from "../protocol/chat_answers.ts";
import type { RoomEntry, RoomEvent } from "../protocol/chat_events.ts";
import type { Chat } from "./chat.ts";
import type { RoomSequencer } from "./room_sequencer.ts";

/**
 * Joins a room and brings its sequencer up to date: the first time with the last `history` messages,
 * later with all since the last one that was emitted.
 *
 * @throws as {@link Chat.join} does
 */
export async function syncRoom(
  chat: Chat,
  room: string,
  sequencer: RoomSequencer,
  history: number,
): Promise<JoinedRoom> {
  const joined = await chat.join(room);
  if (sequencer.isLive) return joined;
  if (sequencer.lastSeq === null) {
    const { seq } = joined;
    sequencer.addHistory(await lastEntries(chat, room, Math.min(history, seq), seq + 1));
  } else {
    await addMissed(chat, room, sequencer, joined.seq);
  }
  sequencer.resume(joined.seq);
  return joined;
}

/** The last messages of a room, oldest first: of the last `count`, those that the client may read. */
export async function lastEvents(chat: Chat, room: string, count: number): Promise<RoomEvent[]> {
  return (await lastEntries(chat, room, count)).filter((entry) => entry.event !== "hidden");
}

/**
 * The last `count` entries of a room, oldest first, in as many requests as it takes.
 *
 * @param end only entries with smaller numbers: others come on their own as events
 */
async function lastEntries(
  chat: Chat,
  room: string,
  count: number,
  end?: number,
): Promise<RoomEntry[]> {
  let events: RoomEntry[] = [];
  while (events.length < count) {
    const before = events[0]?.seq ?? end;
    const limit = count - events.length;
    const page = await chat.entries(room, { limit, ...(before !== undefined && { before }) });
    if (page.length === 0) return events;
    events = [...page, ...events];
  }
  return events;
}

/** Adds the messages after the last one that was emitted. @param upTo the number of the last message */
async function addMissed(
  chat: Chat,
  room: string,
  sequencer: RoomSequencer,
  upTo: number,
): Promise<void> {
  if (!await isContinued(chat, room, sequencer, upTo)) sequencer.restart();
  for (let after = sequencer.lastSeq ?? 0; after < upTo;) {
    const events = await chat.entries(room, { after });
    if (events.length === 0) return;
    sequencer.addHistory(events);
    after = events.at(-1)?.seq ?? upTo;
  }
}

/**
 * Whether the server's numbers continue those of the sequencer. A server that keeps no history counts
 * from 1 after each start, and one whose machine lost power may have lost the last messages.
 */
async function isContinued(
  chat: Chat,
  room: string,
  sequencer: RoomSequencer,
  upTo: number,
): Promise<boolean> {
  const { lastSeq, lastKnown } = sequencer;
  if (upTo < (lastSeq ?? 0)) return false;
  if (lastKnown === null) return true;
  const [stored] = await chat.entries(room, { after: lastKnown.seq - 1, limit: 1 });
  return stored?.seq !== lastKnown.seq || stored.time === lastKnown.time;
}
