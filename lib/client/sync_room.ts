import { pause } from "../async/pause.ts";
import type { JoinedRoom } from "../protocol/chat_answers.ts";
import type { RoomEntry, RoomEvent } from "../protocol/chat_events.ts";
import type { Chat } from "./chat.ts";
import type { RoomSequencer } from "./room_sequencer.ts";

/** The pause before a server that lags is asked again. */
const LAG_MS = 200;
/** How often it is asked: for two seconds. */
const LAG_ATTEMPTS = 10;

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
  const joined = await joinInStep(chat, room, sequencer);
  if (sequencer.isLive) return joined;
  if (sequencer.lastSeq === null) {
    const { seq } = joined;
    sequencer.addHistory(await lastEntries(chat, room, Math.min(history, seq), seq + 1));
  } else {
    await addMissed(chat, room, sequencer, joined.seq);
  }
  sequencer.resume(joined.seq);
  sequencer.history = historyOf(chat);
  return joined;
}

/**
 * Joins a room at a server of a cluster that has all that the client has seen there: one that lags is asked
 * again. What it lacks even then comes as events.
 */
async function joinInStep(chat: Chat, room: string, sequencer: RoomSequencer): Promise<JoinedRoom> {
  for (let attempt = 1;; attempt++) {
    const joined = await chat.join(room);
    const isBehind = isSameHistory(chat, sequencer) && joined.seq < (sequencer.lastSeq ?? 0);
    if (!isBehind || attempt === LAG_ATTEMPTS) return joined;
    await pause(LAG_MS);
  }
}

function historyOf(chat: Chat): string | null {
  return chat.cluster?.history ?? null;
}

/** Whether the server says that its numbers are those of the sequencer. */
function isSameHistory(chat: Chat, sequencer: RoomSequencer): boolean {
  return sequencer.history !== null && sequencer.history === historyOf(chat);
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
  if (isSameHistory(chat, sequencer)) return true;
  const { lastSeq, lastKnown } = sequencer;
  if (upTo < (lastSeq ?? 0)) return false;
  if (lastKnown === null) return true;
  const [stored] = await chat.entries(room, { after: lastKnown.seq - 1, limit: 1 });
  return stored?.seq !== lastKnown.seq || stored.time === lastKnown.time;
}
