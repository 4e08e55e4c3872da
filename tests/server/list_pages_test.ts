import { assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { FairTurns } from "../../lib/server/context/fair_turns.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

/** Names that fill pages: some 340 entries of 190 bytes each. */
const NAMES = Array.from(
  { length: 1_500 },
  (_, i) => `${String(i).padStart(4, "0")}${"x".repeat(120)}`,
);

const pathsOf = (entries: unknown) => (entries as Json[]).map(({ path }) => path);

/** The entries of each frame of the answer to a LIST, and whether more is there. */
async function ask(peer: Protocol2Peer, fields: Json): Promise<{ pages: Json[][]; last: Json }> {
  const id = await peer.ask("LIST", { path: "many", ...fields });
  const pages: Json[][] = [];
  for (;;) {
    const { type, json } = (await peer.read())!;
    assertEquals(json.id, id);
    pages.push(json.entries as Json[]);
    if (type === "DONE") return { pages, last: json };
    assertEquals(type, "PAGE");
  }
}

Deno.test("LIST: sends so many pages as are asked for, the last one in DONE, which tells of more", async () => {
  const files = Object.fromEntries(NAMES.map((name) => [`many/${name}`, ""]));
  await using server = await startServer({}, files);
  using peer = await Protocol2Peer.connect(server.port);
  const whole = await ask(peer, { pages: LIMITS.listingPages + 1 });
  assertEquals(whole.pages.flatMap(pathsOf), NAMES.map((name) => `many/${name}`));
  assertEquals([whole.pages.length, whole.last.more], [5, undefined]);
  assertEquals(
    whole.last.mtime,
    Math.floor(Deno.statSync(server.root.join("many")).mtime!.getTime()),
  );
  const one = await ask(peer, {});
  assertEquals([one.pages.length, one.last.more], [1, true]);
  const two = await ask(peer, { pages: 2 });
  assertEquals([two.pages.length, two.last.more], [2, true]);
  const rest = await ask(peer, { pages: 3, after: two.pages.at(-1)!.at(-1)!.path });
  assertEquals([rest.pages.length, rest.last.more], [3, undefined]);
  assertEquals([...two.pages, ...rest.pages], whole.pages);
});

Deno.test("LIST: takes a turn for each 256 entries, so that others are answered meanwhile", async () => {
  const files = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`many/${i}`, ""]));
  await using server = await startServer({}, files);
  using peer = await Protocol2Peer.connect(server.port);
  let turns = 0;
  const { take } = FairTurns.prototype;
  FairTurns.prototype.take = function (owner, work) {
    if (work === "listed") turns++;
    return take.call(this, owner, work);
  };
  try {
    const { entries } = await peer.request("LIST", { path: "many" });
    assertEquals([(entries as Json[]).length, turns], [600, 3]);
  } finally {
    FairTurns.prototype.take = take;
  }
});

Deno.test("LIST: ends between two pages when it is cancelled", async () => {
  const files = Object.fromEntries(NAMES.map((name) => [`many/${name}`, ""]));
  await using server = await startServer({}, files);
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("LIST", { path: "many", pages: 32 });
  assertEquals((await peer.read())!.type, "PAGE");
  await peer.send("FCAN", { id });
  let message = (await peer.read())!;
  while (message.type === "PAGE") message = (await peer.read())!;
  // It may have been whole by then
  if (message.type === "FAIL") assertEquals(message.json.code, "cancelled");
  else assertEquals([message.type, message.json.id], ["DONE", id]);
  assertEquals((await peer.request("LIST", { path: "many" })).path, "many");
});
