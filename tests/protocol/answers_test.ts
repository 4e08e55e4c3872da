import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeDownloadHead,
  decodeFailure,
  decodeListing,
  decodeStatus,
  decodeStoredUpload,
} from "../../lib/protocol/answers.ts";
import { REQUEST_ERROR_REASONS } from "../../lib/protocol/error_reasons.ts";
import {
  REQUEST_ERROR_TEXTS,
  RequestError,
  type RequestErrorCode,
} from "../../lib/protocol/errors.ts";
import { decodeObject, type JsonObject } from "../../lib/protocol/json.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

const HASH = "0123456789abcdef".repeat(4);
const FILE = { path: "a/b.txt", type: "file", size: 5, mtime: -7 } as const;
const FOLDER = { path: "a", type: "folder", size: 0, mtime: 9 } as const;
const NONE_OMITTED = { count: 0, paths: [] };
const HEAD = { size: 5, mtime: 7, version: "v", offset: 3, sha256: HASH };
const STORED = { path: "a", size: 5, sha256: HASH, version: "v" };

/** Encodes an object as JSON, and decodes it. */
function roundTrip(value: unknown): JsonObject {
  return decodeObject(bytesOf(JSON.stringify(value)));
}

function assertRefused(decode: (object: JsonObject) => unknown, value: unknown): void {
  const error = assertThrows(() => decode(roundTrip(value)), RequestError, "Cannot");
  assertEquals(error.code, "bad-request", JSON.stringify(value));
}

/** Checks that each member is refused with each of its wrong values. */
function assertRefusesEach(
  decode: (object: JsonObject) => unknown,
  right: Record<string, unknown>,
  wrong: Record<string, unknown[]>,
): void {
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) assertRefused(decode, { ...right, [name]: value });
  }
}

const NOT_TEXT = [undefined, null, 1, true, [], {}, "\ud800"];
const NOT_SIZE = [undefined, null, "5", -1, 1.5, 2 ** 53, true, []];

Deno.test("decodeListing: returns the entries in their order, whether there are more, and the last path", () => {
  const listing = { entries: [FOLDER, { ...FILE, more: 1 }], more: true };
  assertEquals(decodeListing(roundTrip(listing)), {
    entries: [FOLDER, FILE],
    more: true,
    last: "a/b.txt",
    omitted: NONE_OMITTED,
    mayWrite: null,
    mayDelete: null,
    mayShare: false,
  });
  assertEquals(decodeListing(roundTrip({ entries: [], write: false })), {
    entries: [],
    more: false,
    last: null,
    omitted: NONE_OMITTED,
    mayWrite: false,
    mayDelete: null,
    mayShare: false,
  });
});

Deno.test("decodeListing: omits and counts paths that the rules forbid, and regards them for the last path", () => {
  const paths = ["ok", "../a", "/a", "a\u001b[2J", "", "a\\b", ".tcp-chat"];
  const entries = paths.map((path) => ({ ...FILE, path }));
  const page = decodeListing(roundTrip({ entries, more: true }));
  assertEquals(page.entries.map(({ path }) => path), ["ok"]);
  assertEquals(page.last, ".tcp-chat");
  const refused = paths.slice(1).map((path) => ({ path, reason: "name" as const }));
  assertEquals(page.omitted, { count: 6, paths: refused });
});

Deno.test("decodeListing: reads what the server leaves out, and reasons it does not know as none", () => {
  const omittedOf = (omitted: unknown) =>
    decodeListing(roundTrip({ entries: [], omitted })).omitted as unknown;
  const paths = [{ path: "p", reason: "special" }, { path: "q\u001b", reason: "new" }];
  assertEquals(omittedOf({ count: 7, paths }), {
    count: 7,
    paths: [{ path: "p", reason: "special" }, { path: "q\u001b", reason: null }],
  });
  assertEquals(omittedOf({ count: 3 }), { count: 3, paths: [] });
  assertEquals(omittedOf({ count: 0, paths: [{ path: "p" }] }), {
    count: 1,
    paths: [{ path: "p", reason: null }],
  });
  for (const omitted of [1, [], { paths: 1 }, { paths: [1] }, { count: -1 }, { paths: [{}] }]) {
    assertRefused(decodeListing, { entries: [], omitted });
  }
});

Deno.test("decodeListing: reads the SHA-256 of a file, and refuses what is none", () => {
  const sha256 = "0123456789abcdef".repeat(4);
  assertEquals(decodeListing(roundTrip({ entries: [{ ...FILE, sha256 }] })).entries, [
    { ...FILE, sha256 },
  ]);
  assertEquals(decodeListing(roundTrip({ entries: [{ ...FILE, sha256: null }] })).entries, [FILE]);
  for (const wrong of ["", sha256.slice(1), `${sha256}0`, sha256.replace("a", "g"), 1, []]) {
    assertRefused(decodeListing, { entries: [{ ...FILE, sha256: wrong }] });
  }
});

Deno.test("decodeListing: requires only path and type of an entry, and reads other types as folders", () => {
  const entry = (value: unknown) => decodeListing(roundTrip({ entries: [value] })).entries[0];
  assertEquals(entry({ path: "a", type: "file" }), { path: "a", type: "file", size: 0, mtime: 0 });
  assertEquals(entry({ ...FILE, size: null, mtime: null }), { ...FILE, size: 0, mtime: 0 });
  assertEquals(entry({ path: "a", type: "device" })?.type, "folder");
});

Deno.test("decodeListing: refuses a missing or malformed member, also of an entry", () => {
  for (const entries of [undefined, null, {}, "x", [1], [null], [FILE, "x"], [FILE, [FILE]]]) {
    assertRefused(decodeListing, { entries });
  }
  assertRefused(decodeListing, { entries: [], more: "yes" });
  assertRefusesEach((object) => decodeListing({ entries: [FILE, object] }), FILE, {
    path: NOT_TEXT,
    type: NOT_TEXT,
    size: ["5", -1, 1.5, 2 ** 53],
    mtime: ["5", 1.5, -(2 ** 53), 2 ** 53],
  });
});

Deno.test("decodeStatus: reads files and folders, and refuses malformed members", () => {
  const file = { ...FILE, version: "v", sha256: HASH };
  assertEquals(decodeStatus(roundTrip({ ...file, sha256: HASH.toUpperCase() })) as unknown, file);
  const folder = { ...FOLDER, version: null, sha256: null };
  assertEquals(decodeStatus(roundTrip(folder)) as unknown, folder);
  assertEquals(decodeStatus(roundTrip(FOLDER)) as unknown, folder);
  assertRefusesEach(decodeStatus, file, {
    path: NOT_TEXT,
    version: [1, true, [], "\ud800"],
    sha256: [1, "", HASH.slice(1), true],
  });
});

Deno.test("decodeDownloadHead: reads a head with and without a hash", () => {
  assertEquals(decodeDownloadHead(roundTrip(HEAD)), HEAD);
  for (const sha256 of [undefined, null]) {
    assertEquals(decodeDownloadHead(roundTrip({ ...HEAD, sha256 })), { ...HEAD, sha256: null });
  }
  const old = { ...HEAD, mtime: -(2 ** 53 - 1), version: "" };
  assertEquals(decodeDownloadHead(roundTrip(old)), old);
});

Deno.test("decodeDownloadHead: refuses an offset beyond the size", () => {
  for (const offset of [0, 1, 4, 5]) {
    assertEquals(decodeDownloadHead(roundTrip({ ...HEAD, offset })).offset, offset);
  }
  assertRefused(decodeDownloadHead, { ...HEAD, offset: 6 });
  assertRefused(decodeDownloadHead, { ...HEAD, size: 0, offset: 1 });
  assertEquals(decodeDownloadHead(roundTrip({ ...HEAD, size: 0, offset: 0 })).size, 0);
});

Deno.test("decodeDownloadHead: refuses a missing or malformed member", () => {
  assertRefusesEach(decodeDownloadHead, HEAD, {
    size: NOT_SIZE,
    offset: NOT_SIZE,
    mtime: [undefined, null, "5", 1.5, 2 ** 53],
    version: NOT_TEXT,
    sha256: ["", HASH + "0", 5],
  });
});

Deno.test("decodeStoredUpload: reads the answer, and refuses malformed members", () => {
  assertEquals(decodeStoredUpload(roundTrip(STORED)), STORED);
  for (const version of [undefined, null]) {
    assertEquals(decodeStoredUpload(roundTrip({ ...STORED, version })).version, null);
  }
  assertRefusesEach(decodeStoredUpload, STORED, {
    path: NOT_TEXT,
    size: NOT_SIZE,
    sha256: [undefined, null, "", HASH + "0"],
    version: [1, true, []],
  });
});

Deno.test("decodeFailure: returns the code, with the message of the server", () => {
  for (const code of Object.keys(REQUEST_ERROR_TEXTS) as RequestErrorCode[]) {
    const error = decodeFailure(roundTrip({ code, message: "So nicht" }));
    assertEquals([error.code, error.message], [code, "So nicht"]);
    assertEquals([error.isFromPeer, error.isQuote], [true, false]);
  }
});

Deno.test("decodeFailure: takes the reason from its own member, never from the message", () => {
  const reasonOf = (object: Record<string, unknown>) => decodeFailure(roundTrip(object)).reason;
  for (const reason of REQUEST_ERROR_REASONS) {
    assertEquals(reasonOf({ code: "denied", reason, message: "Nope" }), reason);
  }
  for (const reason of [undefined, null, "", "nick-odd", "constructor", "NICK-TAKEN"]) {
    const message = "This nick is in use"; // The text of `nick-taken`
    assertEquals(reasonOf({ code: "exists", reason, message }), null);
  }
  assertRefused(decodeFailure, { code: "exists", reason: 5 });
});

Deno.test("decodeFailure: uses the text of the code without a message", () => {
  for (const message of [undefined, null, ""]) {
    const error = decodeFailure(roundTrip({ code: "busy", message }));
    assertEquals([error.message, error.isFromPeer], [REQUEST_ERROR_TEXTS.busy.en, true]);
  }
});

Deno.test("decodeFailure: reads an unknown code as internal", () => {
  for (const code of [undefined, null, "", "BUSY", "constructor", "__proto__", "toString"]) {
    const error = decodeFailure(roundTrip({ code, message: "odd" }));
    assertEquals([error.code, error.isQuote], ["internal", true]);
  }
  assertRefused(decodeFailure, { code: 5 });
  assertRefused(decodeFailure, { code: "busy", message: ["x"] });
});
