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
