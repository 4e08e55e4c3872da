import { createHash } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { concatBytes, encodeFrame, type FrameType } from "../../lib/protocol/frames.ts";
import type { Prng } from "../helpers/prng.ts";

/** Dangerous texts, and harmless ones that look so. */
const TEXTS = [
  "",
  "a",
  "a.txt",
  "sub/b.bin",
  "..",
  "../../etc/passwd",
  "/etc/passwd",
  "C:\\x",
  "con",
  "NUL.txt",
  ".tcp-chat/x",
  "a\u0000b",
  "\ud800",
  "\udfff\ud800",
  "e\u0301",
  `e${"\u0301\u0327".repeat(15_000)}`, // Slow to bring in order
  "\u202eabc",
  "😀".repeat(90),
  "x".repeat(300),
  "y/".repeat(2_100),
  "__proto__",
  "constructor",
  "SERVER",
  "guest-1",
  "lobby",
  "room-2",
  "n,,n=ana,r=abcdef",
  "c=biws,r=abcdef,p=AAAA",
  "A".repeat(64),
  "0".repeat(64),
];

const NUMBERS = [0, 1, 2, 7, 64, -1, 0.5, 4_096, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e308, -0];

/** Values that are invalid for every member. */
const ODD_VALUES = [null, true, [], {}, [[]], { __proto__: null }, [{ path: 1 }], [null]];

/** The members of the frames of each type. */
const MEMBERS: Readonly<Partial<Record<FrameType, readonly string[]>>> = {
  HELO: ["protocol", "agent", "attach"],
  LIST: ["id", "path", "recursive", "after"],
  STAT: ["id", "path"],
  FGET: ["id", "path", "offset", "length", "version", "zstd"],
  FPUT: ["id", "path", "size", "mtime", "key", "replace", "room"],
  FEND: ["id", "sha256"],
  FCAN: ["id"],
  MKDR: ["id", "path"],
  MOVE: ["id", "path", "to", "replace"],
  DELE: ["id", "path", "recursive"],
  TCKT: ["id", "path"],
  NICK: ["id", "nick", "session"],
  JOIN: ["id", "room"],
  PART: ["id", "room"],
  SEND: ["id", "room", "to", "text"],
  WHOS: ["id", "room"],
  ROOM: ["id", "after"],
  TOPC: ["id", "room", "text"],
  AWAY: ["id", "text"],
  HIST: ["id", "room", "before", "after", "limit"],
  AUTH: ["id", "mechanism", "data"],
  PING: ["id"],
  PONG: ["id"],
  EVNT: ["event", "seq", "room", "from", "to", "text", "time", "path", "size", "sha256"],
  DONE: ["id", "path", "type", "size", "mtime", "version", "sha256", "entries", "more"],
  FMET: ["id", "path", "size", "mtime", "version", "offset", "sha256"],
  FAIL: ["id", "code", "message"],
};
const TYPES = Object.keys(MEMBERS) as FrameType[];

/** JSON that is hard on parsers. */
const BOMBS = [
  "[".repeat(20_000),
  `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  `{"id":1,"path":${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}}`,
  '{"__proto__":{"id":1,"path":"a.txt"},"id":2}',
  '{"constructor":{"prototype":{"path":"x"}},"id":3,"path":"a.txt"}',
  `{"id":${"9".repeat(5_000)}}`,
  '{"id":1e999,"path":"a"}',
  '{"id":-0,"path":"a"}',
  '{"id":1,"path":"\\ud800"}',
  '{"id":1,"id":2,"path":"a","path":"../b"}',
  "\ufeff{}",
  "null",
  '{"id":1',
];

/** A frame, mostly a valid one. */
export function makeFrame(prng: Prng): Uint8Array {
  switch (prng.below(12)) {
    case 0:
      return encodeFrame("FDAT", prng.bytes(prng.below(200)));
    case 1:
      return makeZstd(prng);
    case 2:
      return encodeFrame(prng.pick(["FILE", "CHAT", "FERR"]), prng.pick(TEXTS));
    case 3:
      if (prng.oneIn(3)) return makeMetadata(prng);
      return encodeFrame(prng.pick(["FMTA", "FHSH", "FROK", "QUIT"]), prng.bytes(prng.below(40)));
    case 4:
      return encodeFrame(prng.pick(TYPES), prng.oneIn(4) ? prng.pick(BOMBS) : '{"id":1}');
    case 5:
      return encodeFrame(prng.pick(["????", "fdat", "\u0000\u0000\u0000\u0000"]) as FrameType);
    default:
      return makeRequest(prng, prng.pick(TYPES));
  }
}

/** Frames that do not close the connection: requests and uploads, mostly valid. */
export function makeTame(prng: Prng): Uint8Array {
  if (!prng.oneIn(6)) return makeRequest(prng, prng.pick(TYPES.slice(1)));
  const id = 100 + prng.below(1_000_000);
  const data = prng.bytes(prng.below(300));
  const path = `u${prng.below(20)}`;
  const sha256 = createHash("sha256").update(data).digest("hex");
  const size = prng.oneIn(5) ? prng.below(300) : data.length;
  const isZstd = prng.oneIn(3);
  return concatBytes([
    encodeFrame("FPUT", JSON.stringify({ id, path, size, replace: true, room: "lobby" })),
    encodeFrame(isZstd ? "FZST" : "FDAT", isZstd ? zstdCompressSync(data) : data),
    prng.oneIn(10)
      ? encodeFrame("FCAN", `{"id":${id}}`)
      : encodeFrame("FEND", JSON.stringify({ id, sha256 })),
  ]);
}

/** A valid HELO. */
export const HELLO = encodeFrame("HELO", '{"protocol":2,"agent":"fuzz"}');

function makeRequest(prng: Prng, type: FrameType): Uint8Array {
  const value: Record<string, unknown> = {};
  for (const name of MEMBERS[type] ?? []) {
    if (!prng.oneIn(6)) value[name] = prng.oneIn(8) ? oddValue(prng) : plainValue(prng, name);
  }
  return encodeFrame(type, JSON.stringify(value));
}

function oddValue(prng: Prng): unknown {
  return prng.pick([prng.pick(ODD_VALUES), prng.pick(TEXTS), prng.pick(NUMBERS)]);
}

function plainValue(prng: Prng, name: string): unknown {
  switch (name) {
    case "id":
    case "limit":
      return 1 + prng.below(50);
    case "protocol":
      return 2;
    case "path":
      return prng.pick(["a.txt", "sub/b.bin", "sub", "new/deep/c", `u${prng.below(20)}`]);
    case "size":
    case "offset":
    case "mtime":
    case "seq":
    case "time":
    case "before":
    case "after":
      return prng.oneIn(5) ? prng.pick(NUMBERS) : prng.below(300);
    case "recursive":
    case "replace":
    case "zstd":
    case "more":
      return prng.oneIn(2);
    case "sha256":
      return prng.pick(["0".repeat(64), "f".repeat(64), prng.bytes(32).toHex()]);
    case "room":
      return prng.pick(["lobby", "room-2", "r"]);
    case "mechanism":
      return "SCRAM-SHA-256";
    case "type":
      return prng.pick(["file", "folder"]);
    case "event":
      return prng.pick(["message", "joined", "left", "nick", "file", "notice", "shutdown"]);
    case "entries":
      return [{ path: prng.pick(TEXTS), type: "file", size: prng.pick(NUMBERS), mtime: 1 }];
    default:
      return prng.pick(TEXTS);
  }
}

/** FMTA whose lengths fit, with any name and size. */
function makeMetadata(prng: Prng): Uint8Array {
  const name = new TextEncoder().encode(prng.pick(TEXTS));
  const payload = new Uint8Array(4 + name.length + 8);
  const view = new DataView(payload.buffer);
  view.setUint32(0, name.length);
  payload.set(name, 4);
  view.setBigUint64(
    4 + name.length,
    prng.pick([0n, 5n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n]),
  );
  return encodeFrame("FMTA", payload);
}

/** An FZST frame: valid, random, or a bomb of 64 MiB in some kilobytes. */
function makeZstd(prng: Prng): Uint8Array {
  if (prng.oneIn(40)) return encodeFrame("FZST", zstdBomb());
  if (prng.oneIn(3)) return encodeFrame("FZST", prng.bytes(prng.below(60)));
  return encodeFrame("FZST", zstdCompressSync(prng.bytes(prng.below(100))));
}

let bomb: Uint8Array | null = null;
function zstdBomb(): Uint8Array {
  bomb ??= zstdCompressSync(new Uint8Array(64 * 1024 * 1024));
  return bomb;
}
