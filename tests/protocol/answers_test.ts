import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeDownloadHead,
  decodeFailure,
  decodeListing,
  decodeStatus,
  decodeStoredUpload,
} from "../../lib/protocol/answers.ts";
import {
  REQUEST_ERROR_REASONS,
  REQUEST_ERROR_TEXTS,
  RequestError,
  type RequestErrorCode,
} from "../../lib/protocol/errors.ts";
import { decodeObject, type JsonObject } from "../../lib/protocol/json.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

const HASH = "0123456789abcdef".repeat(4);
const FILE = { path: "a/b.txt", type: "file", size: 5, mtime: -7 } as const;
const FOLDER = { path: "a", type: "folder", size: 0, mtime: 9 } as const;
const HEAD = { size: 5, mtime: 7, version: "v", offset: 3, sha256: HASH };
const STORED = { path: "a", size: 5, sha256: HASH, version: "v" };

/** What comes over the wire of an object. */
function wire(value: unknown): JsonObject {
  return decodeObject(bytesOf(JSON.stringify(value)));
}

function assertRefused(decode: (object: JsonObject) => unknown, value: unknown): void {
  const error = assertThrows(() => decode(wire(value)), RequestError, "Cannot");
  assertEquals(error.code, "bad-request", JSON.stringify(value));
}

/** Each member in turn is left out, or is something else. */
function assertRefusesEach(
  decode: (object: JsonObject) => unknown,
  right: Record<string, unknown>,
  wrong: Record<string, unknown[]>,
): void {
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) assertRefused(decode, { ...right, [name]: value });
  }
}

const NO_TEXT = [undefined, null, 1, true, [], {}, "\ud800"];
const NO_SIZE = [undefined, null, "5", -1, 1.5, 2 ** 53, true, []];

Deno.test("a listing is read, in its order", () => {
  const listing = { entries: [FOLDER, { ...FILE, more: 1 }], more: true };
  assertEquals(decodeListing(wire(listing)), {
    entries: [FOLDER, FILE],
    more: true,
    last: "a/b.txt",
  });
  assertEquals(decodeListing(wire({ entries: [] })), { entries: [], more: false, last: null });
});

Deno.test("what the path rules forbid is left out of a listing, and still is its end", () => {
  const paths = ["ok", "../a", "/a", "a\u001b[2J", "", "con", ".tcp-chat"];
  const entries = paths.map((path) => ({ ...FILE, path }));
  const page = decodeListing(wire({ entries, more: true }));
  assertEquals(page.entries.map(({ path }) => path), ["ok"]);
  assertEquals(page.last, ".tcp-chat");
});

Deno.test("an entry need not say more than its path and type; what is no file is a folder", () => {
  const entry = (value: unknown) => decodeListing(wire({ entries: [value] })).entries[0];
  assertEquals(entry({ path: "a", type: "file" }), { path: "a", type: "file", size: 0, mtime: 0 });
  assertEquals(entry({ ...FILE, size: null, mtime: null }), { ...FILE, size: 0, mtime: 0 });
  assertEquals(entry({ path: "a", type: "device" })?.type, "folder");
});

Deno.test("a listing is refused where it, or one entry, is not what it must be", () => {
  for (const entries of [undefined, null, {}, "x", [1], [null], [FILE, "x"], [FILE, [FILE]]]) {
    assertRefused(decodeListing, { entries });
  }
  assertRefused(decodeListing, { entries: [], more: "yes" });
  assertRefusesEach((object) => decodeListing({ entries: [FILE, object] }), FILE, {
    path: NO_TEXT,
    type: NO_TEXT,
    size: ["5", -1, 1.5, 2 ** 53],
    mtime: ["5", 1.5, -(2 ** 53), 2 ** 53],
  });
});

Deno.test("a status is read, of a file and of a folder", () => {
  const file = { ...FILE, version: "v", sha256: HASH };
  assertEquals(decodeStatus(wire({ ...file, sha256: HASH.toUpperCase() })) as unknown, file);
  const folder = { ...FOLDER, version: null, sha256: null };
  assertEquals(decodeStatus(wire(folder)) as unknown, folder);
  assertEquals(decodeStatus(wire(FOLDER)) as unknown, folder);
  assertRefusesEach(decodeStatus, file, {
    path: NO_TEXT,
    version: [1, true, [], "\ud800"],
    sha256: [1, "", HASH.slice(1), true],
  });
});

Deno.test("the head of a download is read, with a hash or without", () => {
  assertEquals(decodeDownloadHead(wire(HEAD)), HEAD);
  for (const sha256 of [undefined, null]) {
    assertEquals(decodeDownloadHead(wire({ ...HEAD, sha256 })), { ...HEAD, sha256: null });
  }
  const old = { ...HEAD, mtime: -(2 ** 53 - 1), version: "" };
  assertEquals(decodeDownloadHead(wire(old)), old);
});

Deno.test("a download begins no later than at its end", () => {
  for (const offset of [0, 1, 4, 5]) {
    assertEquals(decodeDownloadHead(wire({ ...HEAD, offset })).offset, offset);
  }
  assertRefused(decodeDownloadHead, { ...HEAD, offset: 6 });
  assertRefused(decodeDownloadHead, { ...HEAD, size: 0, offset: 1 });
  assertEquals(decodeDownloadHead(wire({ ...HEAD, size: 0, offset: 0 })).size, 0);
});

Deno.test("the head of a download is refused where a member is missing or wrong", () => {
  assertRefusesEach(decodeDownloadHead, HEAD, {
    size: NO_SIZE,
    offset: NO_SIZE,
    mtime: [undefined, null, "5", 1.5, 2 ** 53],
    version: NO_TEXT,
    sha256: ["", HASH + "0", 5],
  });
});

Deno.test("the answer to an upload is read", () => {
  assertEquals(decodeStoredUpload(wire(STORED)), STORED);
  for (const version of [undefined, null]) {
    assertEquals(decodeStoredUpload(wire({ ...STORED, version })).version, null);
  }
  assertRefusesEach(decodeStoredUpload, STORED, {
    path: NO_TEXT,
    size: NO_SIZE,
    sha256: [undefined, null, "", HASH + "0"],
    version: [1, true, []],
  });
});

Deno.test("a failure is read into its code, in the words of the server", () => {
  for (const code of Object.keys(REQUEST_ERROR_TEXTS) as RequestErrorCode[]) {
    const error = decodeFailure(wire({ code, message: "So nicht" }));
    assertEquals([error.code, error.message], [code, "So nicht"]);
    assertEquals([error.isFromPeer, error.isQuote], [true, false]);
  }
});

Deno.test("decodeFailure: takes the reason from its own member, never from the words", () => {
  const reasonOf = (object: Record<string, unknown>) => decodeFailure(wire(object)).reason;
  for (const reason of REQUEST_ERROR_REASONS) {
    assertEquals(reasonOf({ code: "denied", reason, message: "Nope" }), reason);
  }
  for (const reason of [undefined, null, "", "nick-odd", "constructor", "NICK-TAKEN"]) {
    const message = "This nick is in use"; // What servers say for `nick-taken`
    assertEquals(reasonOf({ code: "exists", reason, message }), null);
  }
  assertRefused(decodeFailure, { code: "exists", reason: 5 });
});

Deno.test("a failure without words has those of its code", () => {
  for (const message of [undefined, null, ""]) {
    const error = decodeFailure(wire({ code: "busy", message }));
    assertEquals([error.message, error.isFromPeer], [REQUEST_ERROR_TEXTS.busy.en, true]);
  }
});

Deno.test("a failure that nobody knows counts as an error of the server", () => {
  for (const code of [undefined, null, "", "BUSY", "constructor", "__proto__", "toString"]) {
    const error = decodeFailure(wire({ code, message: "odd" }));
    assertEquals([error.code, error.isQuote], ["internal", true]);
  }
  assertRefused(decodeFailure, { code: 5 });
  assertRefused(decodeFailure, { code: "busy", message: ["x"] });
});
