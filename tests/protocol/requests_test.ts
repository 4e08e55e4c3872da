import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { decodeObject } from "../../lib/protocol/json.ts";
import { decodeRequest, isRequestType, type RequestType } from "../../lib/protocol/requests.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

type Members = Record<string, unknown>;

/** Encodes a request as JSON, and decodes it. */
function read(type: RequestType, members: Members): Members {
  return decodeRequest(type, decodeObject(bytesOf(JSON.stringify(members)))) as unknown as Members;
}

function assertRefused(type: RequestType, members: Members, code = "bad-request"): void {
  const error = assertThrows(() => read(type, members), RequestError, "Cannot", type);
  assertEquals(error.code, code, JSON.stringify(members));
}

const MORE = { id: 7, more: "ignored", type: "QUIT" };

/** The required members of each type, and the optional members with a value and the default. */
const SHAPES: Record<
  Exclude<RequestType, "MGET" | "MPUT">,
  { required: Members; optional: Record<string, [given: unknown, byDefault: unknown]> }
> = {
  LIST: {
    required: { path: "a/b" },
    optional: {
      recursive: [true, false],
      after: ["a/b/c", null],
      names: [true, false],
      pages: [7, 1],
      sums: [true, false],
    },
  },
  STAT: { required: { path: "a/b" }, optional: {} },
  FGET: {
    required: { path: "a/b" },
    optional: { offset: [5, 0], length: [4, null], version: ["v", null], zstd: [true, false] },
  },
  FPUT: {
    required: { path: "a/b", size: 5 },
    optional: {
      mtime: [-5, null],
      key: ["k", null],
      replace: [true, false],
      room: ["lobby", null],
      exec: [true, false],
      sha256: ["a".repeat(64), null],
    },
  },
  MKDR: { required: { path: "a/b" }, optional: {} },
  MOVE: { required: { path: "a/b", to: "c" }, optional: { replace: [true, false] } },
  DELE: { required: { path: "a/b" }, optional: { recursive: [true, false] } },
  TCKT: { required: { path: "a/b" }, optional: {} },
  LINK: {
    required: { path: "a/b", kind: "put" },
    optional: {
      life: [5_000, 86_400_000],
      count: [3, null],
      size: [7, null],
      note: ["for Bob", null],
    },
  },
  LNKS: { required: {}, optional: { after: ["k7f3q2mx", null] } },
  UNLK: { required: { link: "k7f3q2mx" }, optional: {} },
  NICK: { required: { nick: "ana" }, optional: { session: ["x.1-00ff", null] } },
  JOIN: { required: { room: "lobby" }, optional: {} },
  PART: { required: { room: "lobby" }, optional: {} },
  SEND: { required: { text: "hi", room: "lobby" }, optional: {} },
  WHOS: { required: {}, optional: { room: ["lobby", null] } },
  ROOM: { required: {}, optional: { after: ["ops", null] } },
  TOPC: { required: { room: "lobby" }, optional: { text: ["what we do", null] } },
  AWAY: { required: {}, optional: { text: ["at lunch", null] } },
  HIST: {
    required: { room: "lobby" },
    optional: { before: [5, undefined], after: [4, undefined], limit: [3, undefined] },
  },
};
const TYPES = Object.keys(SHAPES) as (keyof typeof SHAPES)[];

/** Malformed values of each member. */
const WRONG: Record<string, unknown[]> = {
  path: [1, true, [], {}, "\ud800"],
  to: [1, true, [], {}, "\ud800"],
  text: [1, true, [], {}, "\ud800"],
  nick: [1, true, [], {}, "\ud800"],
  session: [1, true, [], {}, "\ud800"],
  room: [1, true, [], {}, "\ud800"],
  version: [1, true, [], {}, "\ud800"],
  key: [1, true, [], {}, "\ud800", ""],
  size: ["5", true, [], {}, -1, 1.5, 2 ** 53, 1e300],
  offset: ["5", true, [], {}, -1, 1.5, 2 ** 53, 1e300],
  pages: [0, -1, 0.5, "1"],
  length: [0, -1, 1.5, "1", true, 2 ** 53],
  mtime: ["5", true, [], {}, 1.5, 8.64e15 + 1, -8.64e15 - 1],
  before: ["5", true, [], {}, -1, 1.5, 2 ** 53],
  after: [true, [], {}],
  kind: [1, true, [], {}, "", "both"],
  link: [1, true, [], {}, "\ud800"],
  life: ["5", true, 0, 999, 1.5, 30 * 86_400_000 + 1],
  count: ["5", true, 0, -1, 1.5, 1_001],
  note: [1, true, [], {}, "\ud800", "a\nb", "x".repeat(513)],
  limit: ["5", true, [], {}, -1, 0, 1.5],
  recursive: ["true", 1, 0, [], {}],
  names: ["true", 1, 0, [], {}],
  sums: ["true", 1, 0, [], {}],
  zstd: ["true", 1, 0, [], {}],
  replace: ["true", 1, 0, [], {}],
  exec: ["true", 1, 0, [], {}],
  sha256: [1, true, [], {}, "", "a", "g".repeat(64)],
};

for (const type of TYPES) {
  const { required, optional } = SHAPES[type];
  const given = Object.fromEntries(
    Object.entries(optional).map(([name, [value]]) => [name, value]),
  );
  const defaults = Object.fromEntries(
    Object.entries(optional).flatMap(([name, [, value]]) =>
      value === undefined ? [] : [[name, value]]
    ),
  );

  Deno.test(`decodeRequest: reads all members of ${type}, and ignores unknown members`, () => {
    assert(isRequestType(type));
    assertEquals(read(type, { ...MORE, ...required, ...given }), { type, ...required, ...given });
  });

  Deno.test(`decodeRequest: uses the defaults of ${type}`, () => {
    const nulls = Object.fromEntries(Object.keys(optional).map((name) => [name, null]));
    assertEquals(read(type, required), { type, ...required, ...defaults });
    assertEquals(read(type, { ...required, ...nulls }), { type, ...required, ...defaults });
  });

  Deno.test(`decodeRequest: refuses a missing or malformed member of ${type}`, () => {
    for (const name of Object.keys(required)) {
      const { [name]: _, ...rest } = required;
      assertRefused(type, rest);
      assertRefused(type, { ...required, [name]: null });
    }
    for (const name of [...Object.keys(required), ...Object.keys(optional)]) {
      for (const value of WRONG[name]!) assertRefused(type, { ...required, [name]: value });
    }
  });
}

Deno.test("isRequestType: is false for other frame types and for inherited properties", () => {
  const others = ["HELO", "QUIT", "FDAT", "DONE", "FEND", "FCAN", "PING", "list", "", "????"];
  for (const type of [...others, "constructor", "__proto__", "toString"]) {
    assertFalse(isRequestType(type), type);
  }
});

for (const type of ["STAT", "FGET", "FPUT", "LIST", "MKDR", "TCKT"] as const) {
  const required = { ...SHAPES[type].required };

  Deno.test(`decodeRequest: checks the path of ${type}, and returns NFC`, () => {
    for (const path of ["../a", "/a", "a//b", "a/", ".tcp-chat", "a\\b", "a\0", "x".repeat(256)]) {
      assertRefused(type, { ...required, path }, "bad-path");
    }
    assertEquals(read(type, { ...required, path: "e\u0301/a" }).path, "\u00e9/a");
  });
}

Deno.test("decodeRequest: accepts the root for LIST, MKDR and TCKT only", () => {
  for (const type of ["LIST", "MKDR", "TCKT"] as const) {
    assertEquals(read(type, { path: "" }).path, "");
  }
  for (const type of ["STAT", "FGET"] as const) assertRefused(type, { path: "" }, "bad-path");
  assertRefused("FPUT", { path: "", size: 1 }, "bad-path");
});

Deno.test("decodeRequest: accepts sizes, offsets and times up to their limits", () => {
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

Deno.test("decodeRequest: accepts a key of 1 to 200 characters", () => {
  for (const key of ["k", "x".repeat(199), "x".repeat(200), "\u{1f600}".repeat(200)]) {
    assertEquals(read("FPUT", { path: "a", size: 1, key }).key, key);
  }
  for (const key of ["", "x".repeat(201), "\u{1f600}".repeat(201)]) {
    assertRefused("FPUT", { path: "a", size: 1, key });
  }
});

Deno.test("decodeRequest: accepts SEND to either a room or a nick", () => {
  assertEquals(read("SEND", { to: "ana", text: "" }), { type: "SEND", to: "ana", text: "" });
  assertEquals(read("SEND", { to: "ana", room: null, text: "x" }).to, "ana");
  assertRefused("SEND", { text: "x" });
  assertRefused("SEND", { text: "x", room: null, to: null });
  assertRefused("SEND", { text: "x", room: "lobby", to: "ana" });
  assertRefused("SEND", { text: "x", to: 1 });
});

Deno.test("decodeRequest: accepts a topic and a text of AWAY of up to 512 bytes", () => {
  for (const text of ["x".repeat(511), "x".repeat(512), "é".repeat(256)]) {
    assertEquals(read("TOPC", { room: "a", text }).text, text);
    assertEquals(read("AWAY", { text }).text, text);
  }
  for (const text of ["x".repeat(513), "é".repeat(256) + "x", "x".repeat(70_000)]) {
    assertRefused("TOPC", { room: "a", text });
    assertRefused("AWAY", { text });
  }
});

Deno.test("decodeRequest: cleans a topic and a text of AWAY, and takes an empty one for none", () => {
  for (const text of ["a\nb", "a\tb", "a\u001b[31m", "a\u009bb"]) {
    assertRefused("TOPC", { room: "a", text });
    assertRefused("AWAY", { text });
  }
  assertEquals(read("TOPC", { room: "a", text: " a\u202eb\u200b " }).text, "ab");
  assertEquals(read("TOPC", { room: "a", text: " \u202e " }).text, "");
  assertEquals(read("AWAY", { text: " \u202e " }).text, null);
});

Deno.test("decodeRequest: ignores inherited members", () => {
  const json = '{"__proto__":{"path":"a","size":1,"room":"r","nick":"n","text":"t"}}';
  for (const type of TYPES.filter((type) => Object.keys(SHAPES[type].required).length > 0)) {
    assertThrows(() => decodeRequest(type, decodeObject(bytesOf(json))), RequestError);
  }
});

Deno.test("decodeRequest: takes at most the pages of LIST that an answer may have, and at least one", () => {
  for (const [asked, taken] of [[1, 1], [31, 31], [32, 32], [33, 32], [2 ** 40, 32]] as const) {
    assertEquals(decodeRequest("LIST", { path: "", pages: asked }).pages, taken);
  }
  const error = assertThrows(() => decodeRequest("LIST", { path: "", pages: 0 }), RequestError);
  assertEquals(error.code, "bad-request");
});

Deno.test("decodeRequest: takes a session in NICK of at most 200 characters", () => {
  const decode = (session: string) => decodeRequest("NICK", { id: 1, nick: "ana", session });
  for (const length of [199, 200]) {
    assertEquals(decode("x".repeat(length)), {
      type: "NICK",
      nick: "ana",
      session: "x".repeat(length),
    });
  }
  assertEquals(assertThrows(() => decode("x".repeat(201)), RequestError).code, "bad-request");
});
