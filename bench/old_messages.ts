import { join } from "@std/path";
import { History } from "../lib/chat/history.ts";
import { openDatabase } from "../lib/files/database.ts";

/** Writes messages to the history of rooms, in the data folder of a server that is not running. */
export function fillRooms(dataDirectory: string, rooms: Readonly<Record<string, number>>): void {
  const database = openDatabase(join(dataDirectory, "tcp-chat.db"));
  try {
    const history = new History(database, { keep: Infinity });
    history.append(
      Object.entries(rooms).map(([room, count]) => ({
        room,
        lastSeq: 0,
        encode: (firstSeq) => Array.from({ length: count }, (_, i) => eventOf(room, firstSeq + i)),
      })),
    );
  } finally {
    database.close();
  }
}

function eventOf(room: string, seq: number): string {
  const message = { from: "bench", text: `message ${seq}`.padEnd(60, "x"), time: 1e12 + seq };
  return JSON.stringify({ event: "message", ...message, seq, room });
}
