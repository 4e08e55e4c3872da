import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeFailure, decodeListing } from "../../lib/protocol/answers.ts";
import { checkNick, foldNick } from "../../lib/protocol/chat_names.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { checkName } from "../../lib/protocol/path.ts";
import { decodeServerHello } from "../../lib/protocol/hello.ts";
import { jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { MeteredServer } from "../helpers/metered_server.ts";
import { rawFrame, RawPeer } from "../helpers/raw_peer.ts";

/** Normalising a frame full of marks takes 500 ms and more; the right answers take 10 ms. */
const MAX_TURN_MS = 150;

/** Two classes of marks, out of order, which normalising has to sort: time squared. */
const MARKS = "a" + "\u0301".repeat(16_000) + "\u0323".repeat(16_000);
/** The longest path of components that may be short enough. */
const LONG_COMPONENTS = Array<string>(16).fill("a" + "\u0301\u0323".repeat(190)).join("/");

const REQUESTS: ReadonlyArray<readonly [type: string, fields: Record<string, unknown>]> = [
  ["STAT", { path: MARKS }],
  ["STAT", { path: `x/${MARKS}` }],
  ["STAT", { path: LONG_COMPONENTS }],
  ["FGET", { path: MARKS }],
  ["FPUT", { path: MARKS, size: 1 }],
  ["FPUT", { path: "x", size: 1, key: MARKS }],
  ["FPUT", { path: "x", size: 1, key: "k", room: MARKS }],
  ["MKDR", { path: MARKS }],
  ["LIST", { path: MARKS }],
  ["LIST", { path: "", after: MARKS }],
  ["LIST", { path: "", after: LONG_COMPONENTS }],
  ["NICK", { nick: MARKS }],
  ["JOIN", { room: MARKS }],
  ["PART", { room: MARKS }],
  ["SEND", { to: MARKS, text: "x" }],
  ["SEND", { room: MARKS, text: "x" }],
  ["SEND", { room: "lobby", text: MARKS }],
  ["WHOS", { room: MARKS }],
  ["HIST", { room: MARKS }],
  ["AUTH", { mechanism: MARKS, data: "" }],
  ["AUTH", { data: MARKS }],
  ["AUTH", { data: new TextEncoder().encode(`n,,n=${MARKS},r=x`).toBase64() }],
  ["AUTH", { data: new TextEncoder().encode(`n,,n=${MARKS.slice(-2_000)},r=x`).toBase64() }],
  ["XXXX", { path: MARKS }],
];

/** The request as one frame, its texts shortened to fit into a control frame. */
function cut(type: string, fields: Record<string, unknown>): Uint8Array {
  for (let marks = 32_000;; marks -= 500) {
    const shortened = Object.entries(fields).map(([name, value]) => {
      return [name, typeof value === "string" ? value.slice(0, marks) : value];
    });
    const frame = jsonFrame(type, { id: 1, ...Object.fromEntries(shortened) });
    if (frame.length <= 65_536 + 12) return frame;
  }
}

Deno.test("one frame: full of combining marks, the server answers every request at once", async () => {
  await using server = await MeteredServer.start({ uploads: true });
  for (const [type, fields] of REQUESTS) {
    using peer = await Protocol2Peer.connect(server.port);
    await peer.raw.send(cut(type, fields));
    const answer = await peer.read();
    assertEquals(answer?.json.id, 1, type);
    const { turnMs } = await server.measure();
    assert(turnMs < MAX_TURN_MS, `${type} ${Object.keys(fields)}: a turn took ${turnMs} ms`);
  }
});

Deno.test("one frame: full of combining marks, the server answers HELO and protocol 1 at once", async () => {
  await using server = await MeteredServer.start();
  for (const type of ["FILE", "CHAT", "HELO"]) {
    using peer = await RawPeer.connect(server.port);
    const text = MARKS.slice(0, 32_500);
    const hello = JSON.stringify({ protocol: 2, agent: text.slice(0, 32_000) });
    await peer.send(rawFrame(type, type === "HELO" ? hello : text));
    if (type === "HELO") await peer.expect("FAIL");
    if (type === "FILE") await peer.expect("FERR");
    await peer.sendFrame("QUIT");
    await peer.ended();
    const { turnMs } = await server.measure();
    assert(turnMs < MAX_TURN_MS, `${type}: a turn took ${turnMs} ms`);
  }
});

/** The decoders of a client, with what a hostile server may send. */
const DECODERS: Readonly<Record<string, () => void>> = {
  "LIST": () => {
    const entries = [{ path: MARKS, type: "file" }, { path: LONG_COMPONENTS, type: "file" }];
    assertEquals(decodeListing({ entries }, MARKS).entries, []);
  },
  "FAIL": () => {
    assertEquals(
      decodeFailure({ code: "internal", message: MARKS }).message,
      "a" + "\u0301".repeat(4),
    );
  },
  "HELO": () => {
    assertThrows(() => decodeServerHello(jsonFrame("HELO", { protocol: 2, agent: MARKS })));
  },
  "FMTA": () => assertThrows(() => checkName(MARKS), RequestError),
  "EVNT": () => {
    assertThrows(() => checkNick(MARKS), RequestError);
    assertEquals(foldNick(MARKS), MARKS);
  },
};

for (const [type, decode] of Object.entries(DECODERS)) {
  Deno.test(`one frame: full of combining marks, the client decodes ${type} at once`, () => {
    const times = [1, 2, 3].map(() => {
      const startedMs = performance.now();
      decode();
      return performance.now() - startedMs;
    });
    assert(Math.min(...times) < MAX_TURN_MS, `${times} ms`);
  });
}
