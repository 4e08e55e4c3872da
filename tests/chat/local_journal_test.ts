import { assertEquals } from "@std/assert";
import { History } from "../../lib/chat/history.ts";
import { LocalJournal } from "../../lib/chat/local_journal.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { type JournalStorage, testJournal } from "./journal_contract.ts";

/** A storage whose database a second connection locks. */
function openStorage(): JournalStorage {
  const temp = new TempDir();
  const database = openDatabase(temp.join("state.db"));
  database.exec("PRAGMA busy_timeout = 0");
  const rival = openDatabase(temp.join("state.db"));
  return {
    open: (target) => new LocalJournal(new History(database), target, { lockPatienceMs: 0 }),
    break: () => rival.exec("BEGIN IMMEDIATE"),
    repair: () => rival.exec("ROLLBACK"),
    [Symbol.asyncDispose]: () => {
      for (const each of [rival, database]) each.close();
      temp[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

testJournal("LocalJournal", openStorage);

/** Appends two entries to a new journal. */
function appendTwo(storage: ReturnType<typeof openStorage>) {
  let delivered = 0;
  const journal = storage.open({
    lastSeq: () => 0,
    deliver: (stored) => delivered += stored.length,
  });
  const draft = { event: "message", from: "ana", text: "hi", time: 1 } as const;
  const appended = ["a", "b"].map((room) => journal.append({ room, draft }, null));
  return { journal, appended, delivered: () => delivered };
}

Deno.test("LocalJournal.flush: delivers the appended entries at once", async () => {
  await using storage = openStorage();
  const { journal, appended, delivered } = appendTwo(storage);
  assertEquals(delivered(), 0);
  journal.flush();
  assertEquals(delivered(), 2);
  assertEquals((await Promise.all(appended)).map(({ seq }) => seq), [1, 1]);
  journal.close();
});

Deno.test("LocalJournal.close: stores and delivers the waiting entries before it returns", async () => {
  await using storage = openStorage(); // Its database may be closed next
  const { journal, appended, delivered } = appendTwo(storage);
  journal.close();
  assertEquals(delivered(), 2);
  assertEquals((await Promise.all(appended)).map(({ seq }) => seq), [1, 1]);
});

Deno.test("LocalJournal: continues after the last number that the target knows", async () => {
  await using storage = openStorage();
  const known = new Map<string, number>([["lobby", 41]]);
  const target = { lastSeq: (room: string) => known.get(room) ?? 0, deliver: () => {} };
  const draft = { event: "message", from: "ana", text: "hi", time: 1 } as const;
  const journal = storage.open(target);
  const say = async (room: string) => (await journal.append({ room, draft }, null)).seq;
  assertEquals([await say("lobby"), await say("other")], [42, 1]);
  known.set("lobby", 7); // Less than the last number in the storage
  assertEquals(await say("lobby"), 43);
  journal.close();
});

Deno.test("LocalJournal.append: keeps the time of the draft", async () => {
  await using storage = openStorage();
  const { journal, appended } = appendTwo(storage);
  assertEquals((await Promise.all(appended)).map(({ time }) => time), [1, 1]);
  journal.close();
});
