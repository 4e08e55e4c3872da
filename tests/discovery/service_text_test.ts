import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeServiceText, encodeServiceText } from "../../lib/discovery/service_text.ts";
import { isClean, utf8Length } from "../../lib/protocol/text.ts";

const KEY = "4a".repeat(32);

function strings(record: Record<string, string>): Uint8Array[] {
  return Object.entries(record).map(([key, value]) => new TextEncoder().encode(`${key}=${value}`));
}

function decode(...texts: string[]) {
  return decodeServiceText(texts.map((text) => new TextEncoder().encode(text)));
}

Deno.test("encodeServiceText: tells the name, TLS, the key and a login, and nothing else", () => {
  const text = { name: "casa", tls: true, fingerprint: KEY, login: true };
  assertEquals(encodeServiceText(text), { v: "1", name: "casa", tls: "1", fp: KEY, login: "1" });
  const open = { name: "casa", tls: false, fingerprint: null, login: false };
  assertEquals(encodeServiceText(open), { v: "1", name: "casa" });
});

Deno.test("encodeServiceText: cuts a name at 63 bytes, at a character", () => {
  const named = (name: string) =>
    encodeServiceText({ name, tls: false, fingerprint: null, login: false })["name"];
  assertEquals(named("a".repeat(63)), "a".repeat(63));
  assertEquals(named("a".repeat(64)), "a".repeat(63));
  assertEquals(named("ã".repeat(32)), "ã".repeat(31));
});

Deno.test("decodeServiceText: reads what encodeServiceText writes", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme" }),
    fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
    fc.boolean(),
    (name, fingerprint, login) => {
      const tls = fingerprint !== null;
      const written = encodeServiceText({ name, tls, fingerprint, login });
      const read = decodeServiceText(strings(written));
      assertEquals(read, { name: read!.name, tls, fingerprint, login });
      assertEquals(String(read!.name), written["name"]);
    },
  ));
});

Deno.test("decodeServiceText: never throws, and its name is clean and has at most 63 bytes", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 255 }), { maxLength: 40 }), (raw) => {
    const read = decodeServiceText([new TextEncoder().encode("v=1"), ...raw]);
    if (read === null) return;
    assert(isClean(read.name) && utf8Length(read.name) <= 63);
  }));
});

Deno.test("decodeServiceText: removes control characters and direction marks from a name", () => {
  assertEquals(decode("v=1", "name=\x1b[2Jca\u202esa\n\x07")?.name as string, "[2Jcasa");
});

Deno.test("decodeServiceText: the first of a key counts, in any case, and others are skipped", () => {
  const read = decode("V=1", "NAME=a", "name=b", "x", "=y", "", "path=/etc");
  assertEquals(read && { ...read }, {
    name: read!.name,
    tls: false,
    fingerprint: null,
    login: false,
  });
  assertEquals(read?.name as string, "a");
});

Deno.test("decodeServiceText: refuses other versions, and TLS without a key or the reverse", () => {
  assertEquals(decode("name=a"), null);
  assertEquals(decode("v=2", "name=a"), null);
  assertEquals(decode("v=1", "tls=1"), null);
  assertEquals(decode("v=1", `fp=${KEY}`), null);
  assertEquals(decode("v=1", "tls=1", "fp=4a"), null);
  assertEquals(decode("v=1", "tls=1", `fp=${KEY}`)?.fingerprint, KEY);
});

Deno.test("decodeServiceText: survives forty strings of 255 bytes", () => {
  const long = Array.from({ length: 40 }, (_, i) => `k${i}=`.padEnd(255, "x"));
  assertEquals(decode("v=1", `name=${"n".repeat(250)}`, ...long)?.name as string, "n".repeat(63));
});
