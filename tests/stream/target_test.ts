import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { isAllowedPath } from "../../lib/protocol/path.ts";
import { toBase32 } from "../../lib/stream/fingerprint.ts";
import {
  formatTarget,
  parseTarget,
  type Target,
  TargetError,
  type TargetErrorCode,
} from "../../lib/stream/target.ts";

const KEY = "4af06ba5203c3f4048f4efdbe82744997d322fbe1a166e5efe3924672dd425fd";
const NONE = {
  port: 5555,
  hosts: [],
  user: null,
  path: null,
  tls: false,
  fingerprint: null,
  room: null,
  link: null,
};
const LINK = { id: "k7f3q2mx", secret: "JZ5WQ0tB3mXr7yA1_-0a" };
const LINK_TEXT = "k7f3q2mx.JZ5WQ0tB3mXr7yA1_-0a";
const PINNED = { tls: true, fingerprint: KEY };
const pathOf = (bytes: number) =>
  `${"d".repeat(99)}/`.repeat(bytes / 100 + 1).slice(1 - bytes) + "d";

const TARGETS: Array<[text: string, expected: Partial<Target>]> = [
  ["casa", { hostname: "casa" }],
  ["casa:6000", { hostname: "casa", port: 6000 }],
  ["tcp-chat", { hostname: "tcp-chat" }],
  ["tcp-chat:6000", { hostname: "tcp-chat", port: 6000 }],
  ["fe80::1%eth0", { hostname: "fe80::1%eth0" }],
  ["tcp-chat://casa", { hostname: "casa" }],
  ["casa,b:6000", { hostname: "casa", hosts: [{ hostname: "b", port: 6000 }] }],
  ["fe80::1,[::1]:7", { hostname: "fe80::1", hosts: [{ hostname: "::1", port: 7 }] }],
  ["tcp-chat://ana@casa:1,b,c:2/d/e?tls", {
    hostname: "casa",
    port: 1,
    hosts: [{ hostname: "b", port: 5555 }, { hostname: "c", port: 2 }],
    user: "ana",
    path: "d/e",
    tls: true,
  }],
  ["tcp-chat://casa/", { hostname: "casa" }],
  ["tcp-chat://casa?", { hostname: "casa" }],
  ["tcp-chat://casa/?&", { hostname: "casa" }],
  ["TCP-CHAT://Casa.Example:6000", { hostname: "Casa.Example", port: 6000 }],
  ["tcp-chat://ana@casa", { hostname: "casa", user: "ana" }],
  ["tcp-chat://jo%C3%A3o@casa", { hostname: "casa", user: "joão" }],
  ["tcp-chat://joão@casa", { hostname: "casa", user: "joão" }],
  ["tcp-chat://a%40b@casa", { hostname: "casa", user: "a@b" }],
  ["tcp-chat://a@b@casa", { hostname: "casa", user: "a@b" }],
  ["tcp-chat://casa/docs/a%20b.txt", { hostname: "casa", path: "docs/a b.txt" }],
  ["tcp-chat://casa/docs/", { hostname: "casa", path: "docs" }],
  ["tcp-chat://casa/docs%2Fa", { hostname: "casa", path: "docs/a" }],
  ["tcp-chat://casa/a%3Fb%23c", { hostname: "casa", path: "a?b#c" }],
  ["tcp-chat://casa/100%25", { hostname: "casa", path: "100%" }],
  ["tcp-chat://casa/*.iso", { hostname: "casa", path: "*.iso" }],
  ["tcp-chat://casa/ac\u0327a\u0303o", { hostname: "casa", path: "ação" }],
  ["tcp-chat://casa/a@b:c", { hostname: "casa", path: "a@b:c" }],
  ["tcp-chat://casa/..a/b..", { hostname: "casa", path: "..a/b.." }],
  ["tcp-chat://casa?tls", { hostname: "casa", tls: true }],
  ["tcp-chat://casa?tls=", { hostname: "casa", tls: true }],
  ["tcp-chat://casa/a?tls", { hostname: "casa", path: "a", tls: true }],
  [`tcp-chat://casa?fp=${KEY}`, { hostname: "casa", ...PINNED }],
  [`tcp-chat://casa?fp=${KEY.toUpperCase()}`, { hostname: "casa", ...PINNED }],
  [`tcp-chat://casa?fp=${toBase32(KEY)}&tls`, { hostname: "casa", ...PINNED }],
  [`TCP-CHAT://CASA?FP=${toBase32(KEY).toLowerCase()}`, { hostname: "CASA", ...PINNED }],
  [`tcp-chat://casa?fp=${KEY.match(/../g)!.join("%3A")}`, { hostname: "casa", ...PINNED }],
  ["tcp-chat://casa?room=ops", { hostname: "casa", room: "ops" }],
  [`tcp-chat://casa/a.txt?link=${LINK_TEXT}`, { hostname: "casa", path: "a.txt", link: LINK }],
  [`tcp-chat://casa?LINK=${LINK_TEXT}&tls`, { hostname: "casa", tls: true, link: LINK }],
  ["tcp-chat://[::1]", { hostname: "::1" }],
  ["tcp-chat://[2001:db8::5]:6000/a", { hostname: "2001:db8::5", port: 6000, path: "a" }],
  ["tcp-chat://[fe80::1%25eth0]:80", { hostname: "fe80::1%eth0", port: 80 }],
  ["tcp-chat://[fe80::1%eth0]:80", { hostname: "fe80::1%eth0", port: 80 }],
  ["tcp-chat://[fe80::1%2525]", { hostname: "fe80::1%25" }],
  ["tcp-chat://münchen.de", { hostname: "xn--mnchen-3ya.de" }],
  ["tcp-chat://m%C3%BCnchen.de", { hostname: "xn--mnchen-3ya.de" }],
  [
    `tcp-chat://ana@casa:6000/docs/a.txt?fp=${KEY}&room=ops`,
    { hostname: "casa", port: 6000, user: "ana", path: "docs/a.txt", ...PINNED, room: "ops" },
  ],
  [
    `tcp-chat://casa/${pathOf(LIMITS.pathBytes)}`,
    { hostname: "casa", path: pathOf(LIMITS.pathBytes) },
  ],
];

for (const [text, expected] of TARGETS) {
  Deno.test(`parseTarget: reads ${text.slice(0, 100)}`, () => {
    assertEquals(parseTarget(text) as Partial<Target>, { ...NONE, ...expected });
  });
}

const REFUSED: Array<[text: string, code: TargetErrorCode]> = [
  ["", "malformed"],
  ["casa/docs", "malformed"],
  ["casa,", "malformed"],
  [",casa", "malformed"],
  ["casa,,b", "malformed"],
  ["casa, b", "malformed"],
  ["casa,b:0", "malformed"],
  ["tcp-chat://casa,/a", "malformed"],
  ["tcp-chat://casa,::1", "malformed"],
  ["ana@casa", "malformed"],
  ["http://casa", "malformed"],
  ["tcp-chat:/casa", "malformed"],
  ["tcp-chat:casa", "malformed"],
  ["tcp-chat://", "malformed"],
  ["tcp-chat:///docs", "malformed"],
  ["tcp-chat://@casa", "malformed"],
  ["tcp-chat://a%00b@casa", "malformed"],
  ["tcp-chat://a%ffb@casa", "malformed"],
  ["tcp-chat://casa:", "malformed"],
  ["tcp-chat://casa:0", "malformed"],
  ["tcp-chat://casa:65536", "malformed"],
  ["tcp-chat://casa:x", "malformed"],
  ["tcp-chat://casa#room", "malformed"],
  ["tcp-chat://casa/a#b", "malformed"],
  ["tcp-chat://::1", "malformed"],
  ["tcp-chat://fe80::1:5555", "malformed"],
  ["tcp-chat://[::1", "malformed"],
  ["tcp-chat://[casa]", "malformed"],
  ["tcp-chat://ca%2fsa", "malformed"],
  ["tcp-chat://ca%20sa", "malformed"],
  ["tcp-chat://ca%0asa", "malformed"],
  ["tcp-chat://casa%2f..%2f", "malformed"],
  ["tcp-chat://casa%", "malformed"],
  ["tcp-chat://casa/100%", "malformed"],
  ["tcp-chat://casa/%ff", "malformed"],
  ["tcp-chat://casa/\ud800", "malformed"],
  ["tcp-chat://casa\n", "malformed"],
  [" tcp-chat://casa", "malformed"],
  ["tcp-chat://ana:secret@casa", "password"],
  ["tcp-chat://ana:@casa", "password"],
  ["tcp-chat://:secret@casa", "password"],
  ["tcp-chat://ana:p@ss@casa", "password"],
  ["tcp-chat://casa/..", "path"],
  ["tcp-chat://casa/../etc", "path"],
  ["tcp-chat://casa/a/../b", "path"],
  ["tcp-chat://casa/%2e%2e/etc", "path"],
  ["tcp-chat://casa/%2E%2E%2Fetc", "path"],
  ["tcp-chat://casa/.%2e/etc", "path"],
  ["tcp-chat://casa/./a", "path"],
  ["tcp-chat://casa//etc/passwd", "path"],
  ["tcp-chat://casa/a//b", "path"],
  ["tcp-chat://casa/a//", "path"],
  ["tcp-chat://casa/%2Fetc", "path"],
  ["tcp-chat://casa/a%00", "path"],
  ["tcp-chat://casa/a%0ab", "path"],
  ["tcp-chat://casa/a%5c..%5cb", "path"],
  ["tcp-chat://casa/.TCP-CHAT/a", "path"],
  [`tcp-chat://casa/${pathOf(LIMITS.pathBytes + 1)}`, "path"],
  ["tcp-chat://casa?fp=", "fingerprint"],
  ["tcp-chat://casa?fp", "fingerprint"],
  [`tcp-chat://casa?fp=${KEY.slice(1)}`, "fingerprint"],
  [`tcp-chat://casa?fp=${KEY}0`, "fingerprint"],
  [`tcp-chat://casa?fp=${toBase32(KEY).slice(1)}`, "fingerprint"],
  [`tcp-chat://casa?fp=${"A".repeat(51)}B`, "fingerprint"],
  ["tcp-chat://casa?room=", "room"],
  ["tcp-chat://casa?room=a%20b", "room"],
  [`tcp-chat://casa?room=${"r".repeat(LIMITS.roomCharacters + 1)}`, "room"],
  ["tcp-chat://casa?link=", "link"],
  [`tcp-chat://casa?link=${LINK_TEXT.slice(0, -1)}`, "link"],
  [`tcp-chat://casa?link=${LINK_TEXT}x`, "link"],
  [`tcp-chat://ana@casa?link=${LINK_TEXT}`, "link"],
  [`tcp-chat://casa?link=${LINK_TEXT}&link=${LINK_TEXT}`, "repeated"],
  ["tcp-chat://casa?tls=0", "parameter"],
  ["tcp-chat://casa?tsl", "parameter"],
  [`tcp-chat://casa?fingerprint=${KEY}`, "parameter"],
  ["tcp-chat://casa?room=a?tls", "room"],
  ["tcp-chat://casa?tls&tls", "repeated"],
  [`tcp-chat://casa?fp=${KEY}&FP=${KEY}`, "repeated"],
];

for (const [text, code] of REFUSED) {
  Deno.test(`parseTarget: refuses ${JSON.stringify(text.slice(0, 90))} as ${code}`, () => {
    assertEquals(assertThrows(() => parseTarget(text), TargetError).code, code);
  });
}

Deno.test("parseTarget: does not repeat a password, and tells why a path is refused", () => {
  const password = assertThrows(() => parseTarget("tcp-chat://ana:secret@casa"), TargetError);
  assertEquals([password.value, password.message.includes("secret")], ["", false]);
  for (const text of ["tcp-chat://ana:secret@h#x", "ana:secret@h", "http://ana:se@cret@h/x"]) {
    const { message, value } = assertThrows(() => parseTarget(text), TargetError);
    assert(!/se@?cret/.test(message) && value.includes("ana:…@h"), message);
  }
  for (const text of [`tcp-chat://casa#?link=${LINK_TEXT}`, `tcp-chat://?tls&link=${LINK_TEXT}x`]) {
    const { message } = assertThrows(() => parseTarget(text), TargetError);
    assert(!message.includes(LINK.secret) && message.includes("link=…"), message);
  }
  const { cause } = assertThrows(() => parseTarget("tcp-chat://casa/%2e%2e/x"), TargetError);
  assertEquals((cause as RequestError).reason, "path-dots");
});

const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const hostname = fc.oneof(
  label,
  fc.tuple(label, label).map((labels) => labels.join(".")),
  fc.ipV4(),
  fc.ipV6(),
  fc.stringMatching(/^[a-z0-9.-]{1,12}$/).map((zone) => `fe80::1%${zone}`),
);
const component = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const target = fc.record({
  hostname,
  port: fc.integer({ min: 1, max: 65_535 }),
  hosts: fc.array(fc.record({ hostname, port: fc.integer({ min: 1, max: 65_535 }) }), {
    maxLength: 3,
  }),
  user: fc.option(component.filter((text) => !/\p{Cc}/u.test(text))),
  path: fc.option(
    fc.array(component, { minLength: 1, maxLength: 4 })
      .map((components) => components.join("/").normalize("NFC")).filter(isAllowedPath),
  ),
  link: fc.option(fc.constant(LINK)),
  tls: fc.boolean(),
  fingerprint: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
  room: fc.option(fc.stringMatching(/^[a-z0-9_-]{1,32}$/)),
}).map((each) => ({
  ...each,
  tls: each.tls || each.fingerprint !== null,
  user: each.link === null ? each.user : null,
}));

Deno.test("parseTarget: is the inverse of formatTarget, whose text stands between single quotes", () => {
  fc.assert(fc.property(target, (expected) => {
    const text = formatTarget(expected);
    assertEquals(parseTarget(text), expected);
    assertEquals(/^[\x21-\x7e]+$/.test(text) && !text.includes("'"), true);
  }));
});

Deno.test("formatTarget: lets no host, which a server may have told, end the quotes of a shell", () => {
  for (const hostname of ["a';reboot;'.test", "fe80::1%';reboot;'"]) {
    const hosts = [{ hostname, port: 1 }];
    assertEquals(formatTarget({ ...hosts[0]!, hosts }).includes("'"), false);
  }
});

Deno.test("parseTarget: throws nothing but TargetError", () => {
  const part = fc.constantFrom("@", ":", "/", "?", "&", "=", "#", "%", "[", "]", "..", "%2e", "fp");
  const text = fc.array(fc.oneof(part, fc.string({ unit: "binary", maxLength: 3 })));
  fc.assert(fc.property(text, (parts) => {
    try {
      parseTarget(`tcp-chat://${parts.join("")}`);
    } catch (error) {
      assertEquals(error instanceof TargetError, true);
    }
  }));
});
