/**
 * A child process with a hub over the database of the first argument. A member sends messages without
 * end, and the number of each message is printed once it is stored.
 *
 * @module
 */
import { Hub } from "../../lib/chat/hub.ts";
import { openLocalStore } from "../../lib/chat/local_journal.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";

if (import.meta.main) {
  const database = openDatabase(Deno.args[0]!);
  const hub = new Hub(openLocalStore(database, { keep: 1_000_000 }));
  const sink = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };
  const writer = new FrameWriter(sink, { onOverflow: () => {}, onError: () => {} });
  const member = hub.enter({ outlet: writer, protocol: 2, number: 1 });
  for (;;) {
    const { seq } = await hub.send(member, "lobby", "x".repeat(100));
    console.log(JSON.stringify({ seq }));
  }
}
