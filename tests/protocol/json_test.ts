import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { decodeObject, Fields, LARGEST_ID } from "../../lib/protocol/json.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

/** The members of an object that comes over the wire. */
function fields(json: string): Fields {
  return new Fields(decodeObject(bytesOf(json)));
}

/** What a member can be, as it is written in JSON. */
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

/** Makes sure that of all values only those are taken, and that the error names the member. */
function assertTakes(read: (fields: Fields) => unknown, taken: Record<string, unknown>): void {
  for (const value of VALUES) {
    const member = fields(`{"m":${value}}`);
    if (Object.hasOwn(taken, value)) {
      assertEquals(read(member), taken[value], value);
    } else {
      const error = assertThrows(() => read(member), RequestError, '"m"', value);
      assertEquals(error.code, "bad-request");
    }
  }
  assertEquals(Object.keys(taken).filter((value) => !VALUES.includes(value)), []);
}

/** Makes sure that a member that is missing is a mistake, or what it is read as. */
function assertMissing(read: (fields: Fields) => unknown, ...values: unknown[]): void {
  for (const json of ["{}", '{"M":"text"}', '{"__proto__":{"m":"text"}}']) {
    const object = fields(json);
    if (values.length === 0) assertThrows(() => read(object), RequestError, '"m"');
    else assertEquals(read(object), values[0]);
  }
}

Deno.test("decodeObject reads an object, whatever white space stands round it", () => {
  assertEquals(decodeObject(bytesOf('{"id":1,"path":"olá"}')), { id: 1, path: "olá" });
  assertEquals(decodeObject(bytesOf("\n\t { } \r\n")), {});
});

Deno.test("decodeObject refuses JSON that is no object, and the connection lives", () => {
  for (const json of ["[]", '[{"id":1}]', '"text"', "1", "true", "null"]) {
    const error = assertThrows(() => decodeObject(bytesOf(json)), RequestError);
    assertEquals(error.code, "bad-request");
  }
});

Deno.test("decodeObject refuses what is not JSON, and the connection ends", () => {
  const texts = ["", " ", "{", "{}}", "{'id':1}", '{"id":01}', '{"id":NaN}', "\ufeff{}", "\0{}"];
  for (const json of texts) {
    const error = assertThrows(() => decodeObject(bytesOf(json)), ProtocolError);
    assertEquals(error.code, "bad-json", JSON.stringify(json));
    assert(error.cause instanceof Error);
  }
});

Deno.test("decodeObject refuses text that is not UTF-8", () => {
  for (const hex of ["ff", "c080", "eda080", "f8888080", "c3"]) {
    const payload = Uint8Array.fromHex(`7b2278223a22${hex}227d`); // {"x":"…"}
    assertEquals(assertThrows(() => decodeObject(payload), ProtocolError).code, "bad-json");
  }
});

Deno.test("decodeObject takes nesting as deep as a frame can hold, or calls it broken", () => {
  const depth = (LIMITS.controlBytes - 10) / 2;
  const deep = fields(`{"m":${"[".repeat(depth)}${"]".repeat(depth)},"id":1}`);
  assertEquals(deep.id(), 1);
  for (const open of ["[", '{"a":']) {
    const unclosed = bytesOf(open.repeat(LIMITS.controlBytes / open.length));
    assertEquals(assertThrows(() => decodeObject(unclosed), ProtocolError).code, "bad-json");
  }
});

Deno.test("a member with the name of what every object has is one like any other", () => {
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

Deno.test("of a member that stands there twice, the last counts", () => {
  assertEquals(fields('{"m":1,"m":"last"}').text("m"), "last");
});

Deno.test("has tells a member that is there and not null", () => {
  for (const value of VALUES) {
    assertEquals(fields(`{"m":${value}}`).has("m"), value !== "null", value);
  }
  assertFalse(fields("{}").has("m"));
});

Deno.test("text takes well-formed text and nothing else", () => {
  const taken = Object.fromEntries(
    VALUES.filter((value) => value.startsWith('"') && !value.includes("ud800"))
      .map((value) => [value, JSON.parse(value)]),
  );
  assertTakes((member) => member.text("m"), taken);
  assertMissing((member) => member.text("m"));
  assertTakes((member) => member.optionalText("m"), { ...taken, null: undefined });
  assertMissing((member) => member.optionalText("m"), undefined);
});

Deno.test("text takes a pair of surrogates, but none alone", () => {
  assertEquals(fields('{"m":"\\ud83d\\ude00"}').text("m"), "\u{1f600}");
  for (const text of ["\\ude00\\ud83d", "\\ud83dx", "x\\ude00"]) {
    assertThrows(() => fields(`{"m":"${text}"}`).text("m"), RequestError);
  }
});

Deno.test("integer takes whole numbers that can be told from their neighbours", () => {
  const taken = { 0: 0, 1: 1, "9007199254740991": Number.MAX_SAFE_INTEGER };
  assertTakes((member) => member.integer("m"), taken);
  assertMissing((member) => member.integer("m"));
  assertTakes((member) => member.optionalInteger("m"), { ...taken, null: undefined });
  assertMissing((member) => member.optionalInteger("m"), undefined);
  assertEquals(fields('{"m":1e3}').integer("m"), 1_000);
  assertEquals(fields('{"m":2.0}').integer("m"), 2);
});

Deno.test("integer takes what lies at its limits, and nothing beyond", () => {
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

Deno.test("id takes 1 to 2^31 - 1", () => {
  assertEquals(LARGEST_ID, 2 ** 31 - 1);
  for (const id of [1, 2, 2 ** 31 - 2, 2 ** 31 - 1]) {
    assertEquals(fields(`{"id":${id}}`).id(), id);
  }
  for (const id of ["0", "-1", "2147483648", "1.5", '"1"', "null", "true", "[1]", "1e400"]) {
    assertThrows(() => fields(`{"id":${id}}`).id(), RequestError, '"id"');
  }
  assertThrows(() => fields("{}").id(), RequestError, '"id"');
});

Deno.test("flag takes true and false, and false for none", () => {
  assertTakes((member) => member.flag("m"), { true: true, false: false, null: false });
  assertMissing((member) => member.flag("m"), false);
});

Deno.test("sha256 takes 64 digits, and makes them small", () => {
  const hash = "0123456789abcdef".repeat(4);
  assertTakes((member) => member.sha256("m"), { [`"${hash}"`]: hash });
  assertMissing((member) => member.sha256("m"));
  assertTakes((member) => member.optionalSha256("m"), { [`"${hash}"`]: hash, null: null });
  assertMissing((member) => member.optionalSha256("m"), null);
  assertEquals(fields(`{"m":"${hash.toUpperCase()}"}`).sha256("m"), hash);
  for (const wrong of [hash.slice(1), hash + "0", "g" + hash.slice(1), hash + "\\n", " " + hash]) {
    assertThrows(() => fields(`{"m":"${wrong}"}`).sha256("m"), RequestError);
  }
});

Deno.test("objects takes a list of objects", () => {
  const read = fields('{"m":[{"a":"1"},{"a":"2","b":3}]}').objects("m");
  assertEquals(read.map((item) => item.text("a")), ["1", "2"]);
  assertTakes((member) => member.objects("m").length, { "[]": 0 });
  assertMissing((member) => member.objects("m"));
  for (const list of ["[null]", "[1]", '[{},"a"]', "[{},[],{}]"]) {
    const items = () => fields(`{"m":${list}}`).objects("m").map((item) => item.text("a"));
    assertThrows(items, RequestError);
  }
});

Deno.test("texts takes the texts of a list, and nothing for anything else", () => {
  assertEquals(fields('{"m":["a",1,null,"",["b"],{"c":"d"},"e"]}').texts("m"), ["a", "", "e"]);
  for (const value of VALUES) {
    assertEquals(fields(`{"m":${value}}`).texts("m"), value === '["a"]' ? ["a"] : []);
  }
  assertEquals(fields("{}").texts("m"), []);
});

Deno.test("object takes an object, an empty one for none", () => {
  assertEquals(fields('{"m":{"a":{"b":"c"}}}').object("m").object("a").text("b"), "c");
  assertTakes((member) => member.object("m").optionalInteger("a"), {
    "{}": undefined,
    '{"a":1}': 1,
    null: undefined,
  });
  assertMissing((member) => member.object("m").has("a"), false);
});
