import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { decodeObject, Fields, LARGEST_ID } from "../../lib/protocol/json.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

/** The members of an object in JSON. */
function fields(json: string): Fields {
  return new Fields(decodeObject(bytesOf(json)));
}

/** Values of a member, in JSON. */
const VALUES = [
  '""',
  '"text"',
  "0",
  "1",
  "-1",
  "1.5",
  "true",
  "false",
  "null",
  "[]",
  '["a"]',
  "{}",
  '{"a":1}',
  "9007199254740991",
  "9007199254740992",
  "1e400",
  '"\\ud800"',
  `"${"0123456789abcdef".repeat(4)}"`,
];

/** Checks that `read` accepts only these of all values, and that its errors name the member. */
function assertAccepts(read: (fields: Fields) => unknown, accepted: Record<string, unknown>): void {
  for (const value of VALUES) {
    const member = fields(`{"m":${value}}`);
    if (Object.hasOwn(accepted, value)) {
      assertEquals(read(member), accepted[value], value);
    } else {
      const error = assertThrows(() => read(member), RequestError, '"m"', value);
      assertEquals(error.code, "bad-request");
    }
  }
  assertEquals(Object.keys(accepted).filter((value) => !VALUES.includes(value)), []);
}

/** Checks that a missing member is read as the given value, or refused if none is given. */
function assertMissing(read: (fields: Fields) => unknown, ...values: unknown[]): void {
  for (const json of ["{}", '{"M":"text"}', '{"__proto__":{"m":"text"}}']) {
    const object = fields(json);
    if (values.length === 0) assertThrows(() => read(object), RequestError, '"m"');
    else assertEquals(read(object), values[0]);
  }
}

Deno.test("decodeObject: reads an object, with white space around it, too", () => {
  assertEquals(decodeObject(bytesOf('{"id":1,"path":"olá"}')), { id: 1, path: "olá" });
  assertEquals(decodeObject(bytesOf("\n\t { } \r\n")), {});
});

Deno.test("decodeObject: throws RequestError for JSON that is no object", () => {
  for (const json of ["[]", '[{"id":1}]', '"text"', "1", "true", "null"]) {
    const error = assertThrows(() => decodeObject(bytesOf(json)), RequestError);
    assertEquals(error.code, "bad-request");
  }
});

Deno.test("decodeObject: throws ProtocolError for a payload that is not JSON", () => {
  const texts = ["", " ", "{", "{}}", "{'id':1}", '{"id":01}', '{"id":NaN}', "\ufeff{}", "\0{}"];
  for (const json of texts) {
    const error = assertThrows(() => decodeObject(bytesOf(json)), ProtocolError);
    assertEquals(error.code, "bad-json", JSON.stringify(json));
    assert(error.cause instanceof Error);
  }
});

Deno.test("decodeObject: throws ProtocolError for text that is not UTF-8", () => {
  for (const hex of ["ff", "c080", "eda080", "f8888080", "c3"]) {
    const payload = Uint8Array.fromHex(`7b2278223a22${hex}227d`); // {"x":"…"}
    assertEquals(assertThrows(() => decodeObject(payload), ProtocolError).code, "bad-json");
  }
});

Deno.test("decodeObject: reads the deepest nesting that fits a frame, throws if it is not closed", () => {
  const depth = (LIMITS.controlBytes - 10) / 2;
  const deep = fields(`{"m":${"[".repeat(depth)}${"]".repeat(depth)},"id":1}`);
  assertEquals(deep.id(), 1);
  for (const open of ["[", '{"a":']) {
    const unclosed = bytesOf(open.repeat(LIMITS.controlBytes / open.length));
    assertEquals(assertThrows(() => decodeObject(unclosed), ProtocolError).code, "bad-json");
  }
});

Deno.test("Fields: has no inherited members, and reads members of their names", () => {
  const object = fields('{"__proto__":{"inherited":"x"},"constructor":"c","toString":"t"}');
  assertFalse(object.has("inherited"));
  assertEquals(object.text("constructor"), "c");
  assertEquals(object.text("toString"), "t");
  assertEquals(object.object("__proto__").text("inherited"), "x");
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    assertFalse(fields("{}").has(name));
    assertThrows(() => fields("{}").text(name), RequestError);
  }
});

Deno.test("Fields: uses the last of two members with the same name", () => {
  assertEquals(fields('{"m":1,"m":"last"}').text("m"), "last");
});

Deno.test("Fields.has: is true for a member that is not null", () => {
  for (const value of VALUES) {
    assertEquals(fields(`{"m":${value}}`).has("m"), value !== "null", value);
  }
  assertFalse(fields("{}").has("m"));
});

Deno.test("Fields.text: accepts well-formed text only", () => {
  const accepted = Object.fromEntries(
    VALUES.filter((value) => value.startsWith('"') && !value.includes("ud800"))
      .map((value) => [value, JSON.parse(value)]),
  );
  assertAccepts((member) => member.text("m"), accepted);
  assertMissing((member) => member.text("m"));
  assertAccepts((member) => member.optionalText("m"), { ...accepted, null: undefined });
  assertMissing((member) => member.optionalText("m"), undefined);
});

Deno.test("Fields.text: accepts a pair of surrogates, refuses a lone surrogate", () => {
  assertEquals(fields('{"m":"\\ud83d\\ude00"}').text("m"), "\u{1f600}");
  for (const text of ["\\ude00\\ud83d", "\\ud83dx", "x\\ude00"]) {
    assertThrows(() => fields(`{"m":"${text}"}`).text("m"), RequestError);
  }
});

Deno.test("Fields.integer: accepts safe integers only", () => {
  const accepted = { 0: 0, 1: 1, "9007199254740991": Number.MAX_SAFE_INTEGER };
  assertAccepts((member) => member.integer("m"), accepted);
  assertMissing((member) => member.integer("m"));
  assertAccepts((member) => member.optionalInteger("m"), { ...accepted, null: undefined });
  assertMissing((member) => member.optionalInteger("m"), undefined);
  assertEquals(fields('{"m":1e3}').integer("m"), 1_000);
  assertEquals(fields('{"m":2.0}').integer("m"), 2);
});

Deno.test("Fields.integer: accepts the limits of its range, refuses values beyond", () => {
  const range = { minimum: -3, maximum: 5 };
  for (const value of [-3, -2, 0, 4, 5]) {
    assertEquals(fields(`{"m":${value}}`).integer("m", range), value);
    assertEquals(fields(`{"m":${value}}`).optionalInteger("m", range), value);
  }
  for (const value of [-4, 6, -3.5, -1e300, 1e300]) {
    assertThrows(() => fields(`{"m":${value}}`).integer("m", range), RequestError, "-3 to 5");
    assertThrows(() => fields(`{"m":${value}}`).optionalInteger("m", range), RequestError);
  }
});

Deno.test("Fields.id: accepts 1 to 2^31 - 1", () => {
  assertEquals(LARGEST_ID, 2 ** 31 - 1);
  for (const id of [1, 2, 2 ** 31 - 2, 2 ** 31 - 1]) {
    assertEquals(fields(`{"id":${id}}`).id(), id);
  }
  for (const id of ["0", "-1", "2147483648", "1.5", '"1"', "null", "true", "[1]", "1e400"]) {
    assertThrows(() => fields(`{"id":${id}}`).id(), RequestError, '"id"');
  }
  assertThrows(() => fields("{}").id(), RequestError, '"id"');
});

Deno.test("Fields.flag: accepts true and false, and is false by default", () => {
  assertAccepts((member) => member.flag("m"), { true: true, false: false, null: false });
  assertMissing((member) => member.flag("m"), false);
});

Deno.test("Fields.sha256: accepts 64 hex digits, and returns them in lower case", () => {
  const hash = "0123456789abcdef".repeat(4);
  assertAccepts((member) => member.sha256("m"), { [`"${hash}"`]: hash });
  assertMissing((member) => member.sha256("m"));
  assertAccepts((member) => member.optionalSha256("m"), { [`"${hash}"`]: hash, null: null });
  assertMissing((member) => member.optionalSha256("m"), null);
  assertEquals(fields(`{"m":"${hash.toUpperCase()}"}`).sha256("m"), hash);
  for (const wrong of [hash.slice(1), hash + "0", "g" + hash.slice(1), hash + "\\n", " " + hash]) {
    assertThrows(() => fields(`{"m":"${wrong}"}`).sha256("m"), RequestError);
  }
});

Deno.test("Fields.objects: accepts a list of objects", () => {
  const read = fields('{"m":[{"a":"1"},{"a":"2","b":3}]}').objects("m");
  assertEquals(read.map((item) => item.text("a")), ["1", "2"]);
  assertAccepts((member) => member.objects("m").length, { "[]": 0 });
  assertMissing((member) => member.objects("m"));
  for (const list of ["[null]", "[1]", '[{},"a"]', "[{},[],{}]"]) {
    const items = () => fields(`{"m":${list}}`).objects("m").map((item) => item.text("a"));
    assertThrows(items, RequestError);
  }
});

Deno.test("Fields.texts: returns the texts of a list, and an empty list for anything else", () => {
  assertEquals(fields('{"m":["a",1,null,"",["b"],{"c":"d"},"e"]}').texts("m"), ["a", "", "e"]);
  for (const value of VALUES) {
    assertEquals(fields(`{"m":${value}}`).texts("m"), value === '["a"]' ? ["a"] : []);
  }
  assertEquals(fields("{}").texts("m"), []);
});

Deno.test("Fields.object: accepts an object, and is empty by default", () => {
  assertEquals(fields('{"m":{"a":{"b":"c"}}}').object("m").object("a").text("b"), "c");
  assertAccepts((member) => member.object("m").optionalInteger("a"), {
    "{}": undefined,
    '{"a":1}': 1,
    null: undefined,
  });
  assertMissing((member) => member.object("m").has("a"), false);
});
