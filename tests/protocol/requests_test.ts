import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { decodeObject } from "../../lib/protocol/json.ts";
import { decodeRequest, isRequestType, type RequestType } from "../../lib/protocol/requests.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

type Members = Record<string, unknown>;

/** Reads a request as it comes over the wire. */
function read(type: RequestType, members: Members): Members {
  return decodeRequest(type, decodeObject(bytesOf(JSON.stringify(members)))) as unknown as Members;
}

function assertRefused(type: RequestType, members: Members, code = "bad-request"): void {
  const error = assertThrows(() => read(type, members), RequestError, "Cannot", type);
  assertEquals(error.code, code, JSON.stringify(members));
}

const MORE = { id: 7, more: "ignored", type: "QUIT" };

/** Of each type, what it must say, and what it may say with what it means where it does not. */
const SHAPES: Record<
  RequestType,
  { must: Members; may: Record<string, [given: unknown, none: unknown]> }
> = {
  LIST: { must: { path: "a/b" }, may: { recursive: [true, false], after: ["a/b/c", null] } },
  STAT: { must: { path: "a/b" }, may: {} },
  FGET: {
    must: { path: "a/b" },
    may: { offset: [5, 0], version: ["v", null], zstd: [true, false] },
  },
  FPUT: {
    must: { path: "a/b", size: 5 },
    may: { mtime: [-5, null], key: ["k", null], replace: [true, false], room: ["lobby", null] },
  },
  MKDR: { must: { path: "a/b" }, may: {} },
  NICK: { must: { nick: "ana" }, may: {} },
  JOIN: { must: { room: "lobby" }, may: {} },
  PART: { must: { room: "lobby" }, may: {} },
  SEND: { must: { text: "hi", room: "lobby" }, may: {} },
  WHOS: { must: {}, may: { room: ["lobby", null] } },
  ROOM: { must: {}, may: {} },
  HIST: {
    must: { room: "lobby" },
    may: { before: [5, undefined], after: [4, undefined], limit: [3, undefined] },
  },
};
const TYPES = Object.keys(SHAPES) as RequestType[];

/** What a member must not be. */
const WRONG: Record<string, unknown[]> = {
  path: [1, true, [], {}, "\ud800"],
  text: [1, true, [], {}, "\ud800"],
  nick: [1, true, [], {}, "\ud800"],
  room: [1, true, [], {}, "\ud800"],
  version: [1, true, [], {}, "\ud800"],
  key: [1, true, [], {}, "\ud800", ""],
  size: ["5", true, [], {}, -1, 1.5, 2 ** 53, 1e300],
  offset: ["5", true, [], {}, -1, 1.5, 2 ** 53, 1e300],
  mtime: ["5", true, [], {}, 1.5, 8.64e15 + 1, -8.64e15 - 1],
  before: ["5", true, [], {}, -1, 1.5, 2 ** 53],
  after: [true, [], {}],
  limit: ["5", true, [], {}, -1, 0, 1.5],
  recursive: ["true", 1, 0, [], {}],
  zstd: ["true", 1, 0, [], {}],
  replace: ["true", 1, 0, [], {}],
};

for (const type of TYPES) {
  const { must, may } = SHAPES[type];
  const given = Object.fromEntries(Object.entries(may).map(([name, [value]]) => [name, value]));
  const none = Object.fromEntries(
    Object.entries(may).flatMap(([name, [, value]]) => value === undefined ? [] : [[name, value]]),
  );

  Deno.test(`${type} is read with all that it says, and without what nobody asks for`, () => {
    assert(isRequestType(type));
    assertEquals(read(type, { ...MORE, ...must, ...given }), { type, ...must, ...given });
  });

  Deno.test(`${type} need not say what has a default`, () => {
    const nulls = Object.fromEntries(Object.keys(may).map((name) => [name, null]));
    assertEquals(read(type, must), { type, ...must, ...none });
    assertEquals(read(type, { ...must, ...nulls }), { type, ...must, ...none });
  });

  Deno.test(`${type} is refused where a member is missing or wrong`, () => {
    for (const name of Object.keys(must)) {
      const { [name]: _, ...rest } = must;
      assertRefused(type, rest);
      assertRefused(type, { ...must, [name]: null });
    }
    for (const name of [...Object.keys(must), ...Object.keys(may)]) {
      for (const value of WRONG[name]!) assertRefused(type, { ...must, [name]: value });
    }
  });
}

Deno.test("nothing but a request is one, not even what every object has", () => {
  const others = ["HELO", "QUIT", "FDAT", "DONE", "FEND", "FCAN", "PING", "list", "", "????"];
  for (const type of [...others, "constructor", "__proto__", "toString"]) {
    assertFalse(isRequestType(type), type);
  }
});

for (const type of ["STAT", "FGET", "FPUT", "LIST", "MKDR"] as const) {
  const must = { ...SHAPES[type].must };

  Deno.test(`the path of ${type} is checked, and comes in NFC`, () => {
    for (const path of ["../a", "/a", "a//b", "a/", ".tcp-chat", "con", "a\0", "x".repeat(256)]) {
      assertRefused(type, { ...must, path }, "bad-path");
    }
    assertEquals(read(type, { ...must, path: "e\u0301/a" }).path, "\u00e9/a");
  });
}

Deno.test("the root can be listed and made, but is no file", () => {
  for (const type of ["LIST", "MKDR"] as const) assertEquals(read(type, { path: "" }).path, "");
  for (const type of ["STAT", "FGET"] as const) assertRefused(type, { path: "" }, "bad-path");
  assertRefused("FPUT", { path: "", size: 1 }, "bad-path");
});

Deno.test("sizes, offsets and times are taken up to their limits", () => {
  const largest = Number.MAX_SAFE_INTEGER;
  for (const size of [0, 1, largest]) assertEquals(read("FPUT", { path: "a", size }).size, size);
  for (const offset of [0, 1, largest]) {
    assertEquals(read("FGET", { path: "a", offset }).offset, offset);
  }
  for (const mtime of [-8.64e15, -1, 0, 8.64e15]) {
    assertEquals(read("FPUT", { path: "a", size: 1, mtime }).mtime, mtime);
  }
  assertEquals(read("HIST", { room: "a", limit: 1 }).limit, 1);
  assertEquals(read("HIST", { room: "a", before: 0, after: 0 }).before, 0);
});

Deno.test("the key of an upload has 1 to 200 characters", () => {
  for (const key of ["k", "x".repeat(199), "x".repeat(200), "\u{1f600}".repeat(200)]) {
    assertEquals(read("FPUT", { path: "a", size: 1, key }).key, key);
  }
  for (const key of ["", "x".repeat(201), "\u{1f600}".repeat(201)]) {
    assertRefused("FPUT", { path: "a", size: 1, key });
  }
});

Deno.test("SEND goes to a room or to somebody, not to both and not to nobody", () => {
  assertEquals(read("SEND", { to: "ana", text: "" }), { type: "SEND", to: "ana", text: "" });
  assertEquals(read("SEND", { to: "ana", room: null, text: "x" }).to, "ana");
  assertRefused("SEND", { text: "x" });
  assertRefused("SEND", { text: "x", room: null, to: null });
  assertRefused("SEND", { text: "x", room: "lobby", to: "ana" });
  assertRefused("SEND", { text: "x", to: 1 });
});

Deno.test("what an object inherits is not said", () => {
  const json = '{"__proto__":{"path":"a","size":1,"room":"r","nick":"n","text":"t"}}';
  for (const type of TYPES.filter((type) => Object.keys(SHAPES[type].must).length > 0)) {
    assertThrows(() => decodeRequest(type, decodeObject(bytesOf(json))), RequestError);
  }
});
