import { HeadReader } from "../../lib/web/head_reader.ts";
import { parseHost } from "../../lib/web/host_guard.ts";
import { HttpFailure } from "../../lib/web/http_failure.ts";
import type { RequestHead } from "../../lib/web/request_head.ts";
import { redirectToTls } from "../../lib/web/early_answers.ts";
import { OPCODE, WsViolation } from "../../lib/web/ws_frames.ts";
import { WsReader } from "../../lib/web/ws_reader.ts";
import type { Prng } from "../helpers/prng.ts";
import { maskedFrame } from "../helpers/web.ts";
import type { Tally } from "./tally.ts";

/** Pieces that heads are made of, right and wrong ones. */
const PIECES = [
  ...[
    "GET ",
    "HEAD ",
    "POST ",
    "PRI * ",
    "get ",
    "/",
    "/files/a%20b",
    "/files/..%2f",
    "?json",
    "http://a/",
  ],
  ...[
    " HTTP/1.1",
    " HTTP/1.0",
    " HTTP/2.0",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    "\0",
    ": ",
    ":",
  ],
  ...[
    "Host",
    "host: a",
    "Host: [::1]:5555",
    "Host: evil.com",
    "Range: bytes=0-",
    "Content-Length: 5",
  ],
  ...[
    "Transfer-Encoding: chunked",
    "Connection: close, keep-alive",
    "X-\u00ff: \u00e9",
    "x".repeat(300),
  ],
];
const OPCODES = [...Object.values(OPCODE), 3, 7, 11, 15];
const latin1 = new TextDecoder("latin1");
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Feeds random heads of HTTP, and frames of WebSockets, to what reads them. */
export async function feedWeb(prng: Prng, tally: Tally): Promise<void> {
  await feedHeads(randomHead(prng), prng, tally);
  feedFrames(randomFrames(prng), prng, tally);
}

function randomHead(prng: Prng): Uint8Array<ArrayBuffer> {
  const isOrderly = prng.oneIn(2);
  const count = 1 + prng.below(20);
  const pieces = Array.from({ length: count }, () => PIECES[prng.below(PIECES.length)]!);
  const text = isOrderly
    ? `GET /a HTTP/1.1\r\nHost: a\r\n${pieces.join("")}\r\n\r\n`
    : pieces.join("");
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

async function feedHeads(bytes: Uint8Array<ArrayBuffer>, prng: Prng, tally: Tally): Promise<void> {
  tally.frames++;
  let at = 0;
  const source = {
    read: (into: Uint8Array) => {
      const piece = bytes.subarray(at, at + Math.min(into.length, 1 + prng.below(100)));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
  };
  const reader = new HeadReader(source, new Uint8Array());
  try {
    redirectToTls(bytes);
    for (let head = await reader.read(); head !== null; head = await reader.read()) {
      checkHead(head, tally);
    }
  } catch (error) {
    if (error instanceof HttpFailure) return tally.refuse(`http ${error.status}`);
    tally.violate(`A head threw ${error}`);
  }
}

/** What the rest of the server relies on. */
function checkHead({ path, query, headers }: RequestHead, tally: Tally): void {
  // deno-lint-ignore no-control-regex
  const unsafe = /[\x00-\x08\x0a-\x1f\x7f]/;
  if (!path.startsWith("/") || unsafe.test(path + query)) {
    tally.violate(`A head has the path ${path}`);
  }
  for (const [name, value] of headers) {
    if (!TOKEN.test(name) || unsafe.test(value)) tally.violate(`A head has the header ${name}`);
  }
  const host = parseHost(headers.get("host") ?? "");
  if (host !== null && !/^[a-z0-9_.:[\]-]+$/.test(host.text)) tally.violate(`Host is ${host.text}`);
}

function randomFrames(prng: Prng): Uint8Array<ArrayBuffer> {
  const frames = Array.from({ length: 1 + prng.below(6) }, () => {
    const opcode = prng.oneIn(3) ? OPCODES[prng.below(OPCODES.length)]! : OPCODE.binary;
    const length = prng.oneIn(5) ? prng.below(70_000) : prng.below(200);
    return maskedFrame(opcode, new Uint8Array(length).fill(prng.below(256)), {
      final: !prng.oneIn(4),
    });
  });
  const bytes = new Uint8Array(frames.flatMap((frame) => [...frame]));
  if (prng.oneIn(2)) bytes[prng.below(bytes.length)]! ^= 1 << prng.below(8);
  return bytes;
}

/** Frames in one piece, and cut anywhere, are the same bytes and the same end. */
function feedFrames(bytes: Uint8Array<ArrayBuffer>, prng: Prng, tally: Tally): void {
  tally.frames++;
  const whole = readFrames(bytes, () => bytes.length, tally);
  const cut = readFrames(bytes, () => 1 + prng.below(prng.oneIn(2) ? 4 : 5_000), tally);
  const isSame = whole.end === cut.end && whole.stream.length <= bytes.length &&
    (whole.end === "violation" || whole.stream === cut.stream);
  if (!isSame) tally.violate("Frames of a WebSocket depend on where they are cut");
}

function readFrames(bytes: Uint8Array<ArrayBuffer>, next: () => number, tally: Tally) {
  const read = { stream: "", end: "open" };
  const reader = new WsReader({ onPing: () => {}, onClose: () => read.end = "closed" });
  try {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.slice(at, at + next());
      at += piece.length;
      const count = reader.process(piece);
      if (count > piece.length) tally.violate("A WebSocket gave more than it got");
      read.stream += latin1.decode(piece.subarray(0, count));
    }
  } catch (error) {
    if (!(error instanceof WsViolation)) tally.violate(`A WebSocket threw ${error}`);
    read.end = "violation";
  }
  return read;
}
