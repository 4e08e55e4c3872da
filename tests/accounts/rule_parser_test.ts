import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RuleError, type RuleErrorCode } from "../../lib/accounts/rule_error.ts";
import { decodeRuleText, parseRules } from "../../lib/accounts/rule_parser.ts";

/** Rules as one can compare them. */
function read(text: string): unknown[] {
  return parseRules(text, "rules").map(({ line, pattern, rights, groups, accounts }) => [
    line,
    pattern.text,
    (rights.read ? "r" : "") + (rights.write ? "w" : ""),
    [...groups, ...accounts.map(({ name }) => name)].join(" "),
  ]);
}

function mistakeIn(text: string): [RuleErrorCode, number, number, string] {
  const { code, line, column, word } = assertThrows(() => parseRules(text, "rules"), RuleError);
  return [code, line, column, word];
}

Deno.test("a line is a pattern, rights, and whom they are for", () => {
  const text = [
    "# what everybody gets",
    "public/**   read *",
    "drop/**     write guests # may not look",
    "",
    "   private/**\tread,write  alice bob",
    "logs  none  * admins members José",
  ].join("\n");
  assertEquals(read(text), [
    [2, "public", "r", "*"],
    [3, "drop", "w", "guests"],
    [5, "private", "rw", "alice bob"],
    [6, "logs", "", "* members admins José"],
  ]);
});

Deno.test("an empty file, comments and blank lines hold no rules", () => {
  for (const text of ["", "\n", "#", "  # x\n\t\n#y", "\ufeff", "\r\n\r\n"]) {
    assertEquals(read(text), []);
  }
});

Deno.test("all ends of lines are understood, and a mark of byte order", () => {
  const lines = ["a read *", "b read *", "c read *"];
  for (const end of ["\n", "\r\n", "\r"]) {
    assertEquals(read("\ufeff" + lines.join(end)).length, 3);
    assertEquals(read(lines.join(end) + end).length, 3);
  }
});

Deno.test("a pattern with spaces or a # stands in quotes", () => {
  assertEquals(read('"My Files/**" read *'), [[1, "My Files", "r", "*"]]);
  assertEquals(read('"#1" read *'), [[1, "#1", "r", "*"]]);
  assertEquals(read("a#b read *"), [[1, "a#b", "r", "*"]]);
  for (const text of ['"a read *', '"a"b read *', 'x read *\n "a']) {
    const [fault, line, column] = mistakeIn(text);
    assertEquals([fault, line, column], text.startsWith("x") ? ["quote", 2, 2] : ["quote", 1, 1]);
  }
});

Deno.test("a / at either end of a pattern says nothing, and / alone is everything", () => {
  for (const text of ["a/b", "/a/b", "a/b/", "/a/b/", "/a/b/**"]) {
    assertEquals(read(`${text} read *`), [[1, "a/b", "r", "*"]]);
  }
  for (const text of ["/", "**", "/**", "**/"]) {
    assertEquals(read(`${text} read *`), [[1, "", "r", "*"]]);
  }
});

Deno.test("patterns and names are read in NFC", () => {
  assertEquals(read("cafe\u0301 read jose\u0301"), [[1, "café", "r", "josé"]]);
});

Deno.test("rights may be written with a space after the comma", () => {
  for (const rights of ["read,write", "write,read", "read, write", "read,write,read"]) {
    assertEquals(read(`a ${rights} alice`), [[1, "a", "rw", "alice"]]);
  }
});

Deno.test("a mistake is told with its place, and what stands there", () => {
  const wrong: Array<[string, RuleErrorCode, number, number, string]> = [
    ["a", "rights-missing", 1, 2, ""],
    ["\n  á  ", "rights-missing", 2, 4, ""],
    ['"a b"', "rights-missing", 1, 6, ""],
    ["a # read *", "rights-missing", 1, 2, ""],
    ["a read", "who-missing", 1, 7, ""],
    ["a read,", "rights-unknown", 1, 8, ""],
    ["a read, write", "who-missing", 1, 14, ""],
    ["a reed *", "rights-unknown", 1, 3, "reed"],
    ["a read,wirte *", "rights-unknown", 1, 8, "wirte"],
    ["a read, wirte *", "rights-unknown", 1, 9, "wirte"],
    ["a read,,write *", "rights-unknown", 1, 8, ""],
    ["a ,read *", "rights-unknown", 1, 3, ""],
    ["a READ *", "rights-unknown", 1, 3, "READ"],
    ["a read,none *", "rights-unknown", 1, 8, "none"],
    ["a none,none *", "rights-unknown", 1, 3, "none"],
    ["a chat *", "rights-unknown", 1, 3, "chat"],
    ["a admin *", "rights-unknown", 1, 3, "admin"],
    ["😀 read * guest", "who-unknown", 1, 10, "guest"],
    ["a read Guests", "who-unknown", 1, 8, "Guests"],
    ["a read alice,bob", "who-unknown", 1, 8, "alice,bob"],
    ["a read ok b@d", "who-unknown", 1, 11, "b@d"],
    ["a read server", "who-unknown", 1, 8, "server"],
    ["a read *\nb read **", "who-unknown", 2, 8, "**"],
    ["x/a** read *", "pattern-stars", 1, 1, "x/a**"],
    ["*** read *", "pattern-stars", 1, 1, "***"],
    ["a//b read *", "pattern-path", 1, 1, "a//b"],
    ["../a read *", "pattern-path", 1, 1, "../a"],
    ["./a read *", "pattern-path", 1, 1, "./a"],
    ["// read *", "pattern-path", 1, 1, "//"],
    ['"" read *', "pattern-path", 1, 1, ""],
    ["a\\b read *", "pattern-path", 1, 1, "a\\b"],
    ['a"b read *', "pattern-path", 1, 1, 'a"b'],
    ["*. read *", "pattern-path", 1, 1, "*."],
    ["con.* read *", "pattern-path", 1, 1, "con.*"],
    [".tcp-chat/** read *", "pattern-path", 1, 1, ".tcp-chat/**"],
    ["a\u0000 read *", "pattern-path", 1, 1, "a\u0000"],
    [`${"x".repeat(256)} read *`, "pattern-path", 1, 1, "x".repeat(256)],
  ];
  for (const [text, ...expected] of wrong) assertEquals(mistakeIn(text), expected, text);
});

Deno.test("a component of a pattern may be as long as that of a path", () => {
  for (const length of [254, 255]) assertEquals(read(`${"x".repeat(length)} read *`).length, 1);
});

Deno.test("the first mistake is the one that is told, with the file's name", () => {
  const error = assertThrows(() => parseRules("a read *\nb\nc", "/data/rules"), RuleError);
  assertEquals([error.line, error.path], [2, "/data/rules"]);
  assertStringIncludes(error.message, "/data/rules: line 2, column 2: rights are expected");
});

Deno.test("why no file can have a path is kept", () => {
  const error = assertThrows(() => parseRules("../a read *", "rules"), RuleError);
  assertEquals(error.reason, "path-dots");
});

Deno.test("names of accounts are told with their places", () => {
  const [rule] = parseRules("a read * alice members Bob", "rules");
  assertEquals(rule?.accounts, [
    { name: "alice", line: 1, column: 10 },
    { name: "Bob", line: 1, column: 24 },
  ]);
});

Deno.test("bytes that are not UTF-8 are told with their place", () => {
  const bytes = (...parts: Array<string | number>) =>
    Uint8Array.from(
      parts.flatMap((part) =>
        typeof part === "string" ? [...new TextEncoder().encode(part)] : [part]
      ),
    );
  assertEquals(decodeRuleText(bytes("é read *\n"), "rules"), "é read *\n");
  const places: Array<[Uint8Array, number, number]> = [
    [bytes(0xff), 1, 1],
    [bytes("a read *\r\né", 0xe9, " read *"), 2, 2],
    [bytes("a\n\nb", 0xc3), 3, 2],
  ];
  for (const [wrong, line, column] of places) {
    const error = assertThrows(() => decodeRuleText(wrong, "rules"), RuleError);
    assertEquals([error.code, error.line, error.column], ["encoding", line, column]);
  }
});

const word = fc.constantFrom(
  "a",
  "**",
  "*",
  "/",
  '"a b"',
  '"',
  "#",
  "read",
  "write",
  "none",
  ",",
  " ",
);

Deno.test("any text is rules, or one mistake that is inside it", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.oneof(word, fc.constantFrom("\n", " ", "guests", "\t", "é"))).map((all) =>
      all.join("")
    ),
  );
  fc.assert(
    fc.property(anything, (text) => {
      try {
        for (const { pattern } of parseRules(text, "rules")) pattern.covers(["a", "b"]);
      } catch (error) {
        assert(error instanceof RuleError, String(error));
        const line = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/)[error.line - 1];
        assert(line !== undefined && error.column <= [...line].length + 1, text);
      }
    }),
    { numRuns: 3_000 },
  );
});
