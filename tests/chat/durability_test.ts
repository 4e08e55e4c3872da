import { assert, assertEquals } from "@std/assert";
import { History } from "../../lib/chat/history.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("Hub.send: has stored the message when it resolves, even if the process is killed", async () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  let lastSeq = 0;
  for (const messages of [1, 20, 1_500]) {
    await using child = new ChildProcess("chat_child.ts", [path]);
    const firstSeq = Number((await child.nextLine()).seq);
    assert(firstSeq > lastSeq, "a number is used twice");
    for (lastSeq = firstSeq; lastSeq < firstSeq + messages - 1;) {
      lastSeq = Number((await child.nextLine()).seq);
    }
    child.kill();
  }
  const database = openDatabase(path);
  const history = new History(database, { keep: 1_000_000 });
  assert(history.lastSeq("lobby") >= lastSeq);
  for (let after = 0; after < lastSeq;) {
    for (const { seq } of history.read("lobby", { after, limit: 500 })) assertEquals(seq, ++after);
  }
  database.close();
});
