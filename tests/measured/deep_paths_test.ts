import { assert, assertEquals } from "@std/assert";
import { MeteredServer } from "../helpers/metered_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Nothing on the main isolate may take longer, whatever peers send. */
const MAX_TURN_MS = 20;
/** The path is nearly as long as the system allows. */
const DEPTH = 1_900;
const CONNECTIONS = 4;
const REQUESTS = 64;
/** Each is a hundred lookups. */
const LISTINGS = 8;

const DEEP = Array<string>(DEPTH).fill("d").join("/");
/** Of the same depth, but missing. */
const MISSING = `m/${DEEP.slice(2)}`;

/** A request, and the answers that it may get. */
type Flood = readonly [
  type: string,
  fields: (i: number) => Record<string, unknown>,
  count?: number,
];

const FLOODS: Readonly<Record<string, Flood>> = {
  "MKDR of folders that exist": ["MKDR", () => ({ path: DEEP })],
  "MKDR of new folders": ["MKDR", (i) => ({ path: `${DEEP}/new${i}` })],
  "FPUT that are refused": ["FPUT", () => ({ path: DEEP, size: 1, key: "k" })],
  "FPUT of empty files": ["FPUT", (i) => ({ path: `${DEEP}/${i}`, size: 0, key: "k" })],
  "STAT": ["STAT", () => ({ path: DEEP })],
  "STAT of what is missing": ["STAT", () => ({ path: MISSING })],
  "FGET of what is missing": ["FGET", () => ({ path: MISSING })],
  "LIST": ["LIST", () => ({ path: DEEP }), LISTINGS],
  "LIST of all": ["LIST", () => ({ path: "", recursive: true }), LISTINGS],
};

/** Sends requests, some ahead of their answers, and reads the answers. */
async function flood(
  peer: Protocol2Peer,
  [type, fields, count = REQUESTS]: Flood,
  name: string,
): Promise<void> {
  const send = async () => {
    for (let i = 0; i < count; i++) {
      const id = peer.newId();
      await peer.send(type, { id, ...fields(i) });
      if (type === "FPUT") await peer.send("FCAN", { id });
    }
  };
  const read = async () => {
    for (let answered = 0; answered < count;) {
      const message = await peer.read();
      assert(message !== null, name);
      if (message.type === "DONE" || message.type === "FAIL") answered++;
    }
  };
  await Promise.all([send(), read()]);
}

Deno.test("deep paths: no request for one stops the main isolate, alone or in a flood", async () => {
  await using server = await MeteredServer.start({ uploads: true }, { root: TempDir.inMemory() });
  const peers: Protocol2Peer[] = [];
  try {
    for (let i = 0; i < CONNECTIONS; i++) peers.push(await Protocol2Peer.connect(server.port));
    assertEquals((await peers[0]!.request("MKDR", { path: DEEP })).path, DEEP);
    assert((await server.measure()).turnMs < MAX_TURN_MS);
    for (const [name, requests] of Object.entries(FLOODS)) {
      await Promise.all(peers.map((peer) => flood(peer, requests, name)));
      const { turnMs } = await server.measure();
      assert(turnMs < MAX_TURN_MS, `${name}: a turn took ${turnMs} ms`);
    }
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
});
