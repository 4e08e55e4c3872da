import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { Guest, TestHub } from "../helpers/chat.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const FILE = { path: "docs/a.txt", truePath: "docs/a.txt", sizeBytes: 5, sha256: "ab".repeat(32) };

/** The code of the error of a request. */
async function failure(work: () => unknown): Promise<string> {
  return (await assertRejects(async () => await work(), RequestError)).code;
}

Deno.test("Hub: sends no message that the history cannot store, and does not use its number", async () => {
  using temp = new TempDir();
  using hub = new TestHub({ lockPatienceMs: 0 }, temp.join("state.db"));
  using other = new TestHub({}, temp.join("state.db"));
  const guests = [new Guest(hub), new Guest(hub, { protocol: 1 })];
  const [ana] = guests;
  await hub.send(ana!.member, "lobby", "before");
  hub.database.exec("PRAGMA busy_timeout = 0");
  other.database.exec("BEGIN IMMEDIATE");
  for (let i = 0; i < 2; i++) {
    const lost = [hub.send(ana!.member, "lobby", "lost"), hub.announceFile("lobby", "bia", FILE)];
    for (const sent of lost) assertEquals(await failure(() => sent), "busy");
  }
  assertEquals(hub.historyErrors.length, 1);
  hub.notice("still here");
  other.database.exec("ROLLBACK");
  assertEquals((await hub.send(ana!.member, "lobby", "after")).seq, 2);
  assertEquals((await ana!.lines()).filter((line) => !line.includes("joined")), [
    "lobby 1 guest-1: before",
    "notice still here",
    "lobby 2 guest-1: after",
  ]);
  assertEquals(await guests[1]!.received(), [
    "[guest-1]: before",
    "[SERVER]: still here",
    "[guest-1]: after",
  ]);
});

Deno.test("Hub.send: fails with no-space on a full disk", async () => {
  using temp = new TempDir();
  using hub = new TestHub({}, temp.join("state.db"));
  const ana = new Guest(hub);
  await hub.send(ana.member, "lobby", "before");
  const { page_count: pages } = hub.database.prepare("PRAGMA page_count").get()!;
  hub.database.exec(`PRAGMA max_page_count = ${pages}`);
  const sent = Array.from({ length: 5 }, () => hub.send(ana.member, "lobby", "x".repeat(4_096)));
  for (const lost of sent) assertEquals(await failure(() => lost), "no-space");
  assertEquals((await hub.history(ana.member, "lobby")).length, 1);
  await ana.received();
});

Deno.test("Hub.close: stores waiting messages, and refuses later messages", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const sent = hub.send(ana.member, "lobby", "last words");
  hub.close();
  assertEquals((await sent).seq, 1);
  assertEquals(await ana.lines(), ["lobby 1 guest-1: last words"]);
  assertEquals(await failure(() => hub.send(ana.member, "lobby", "x")), "shutting-down");
  hub.leave(ana.member);
});
