import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FILE_RIGHTS } from "../../lib/accounts/rights.ts";
import { RuleError, type RuleErrorCode } from "../../lib/accounts/rule_error.ts";
import { decodeRuleText, parseRules } from "../../lib/accounts/rule_parser.ts";

/** Rules in a form that can be compared. */
function parse(text: string): unknown[] {
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

Deno.test("parseRules: reads a pattern, rights and subjects from each line", () => {
  const text = [
    "# for every client",
    "public/**   read *",
    "drop/**     write guests # may not look",
    "",
    "   private/**\tread,write  alice bob",
    "logs  none  * admins members José",
  ].join("\n");
  assertEquals(parse(text), [
    [2, "public", "r", "*"],
    [3, "drop", "w", "guests"],
    [5, "private", "rw", "alice bob"],
    [6, "logs", "", "* members admins José"],
  ]);
});

Deno.test("parseRules: finds no rules in empty files, comments and blank lines", () => {
  for (const text of ["", "\n", "#", "  # x\n\t\n#y", "\ufeff", "\r\n\r\n"]) {
    assertEquals(parse(text), []);
  }
});

Deno.test("parseRules: accepts all line ends, and a byte order mark", () => {
  const lines = ["a read *", "b read *", "c read *"];
  for (const end of ["\n", "\r\n", "\r"]) {
    assertEquals(parse("\ufeff" + lines.join(end)).length, 3);
    assertEquals(parse(lines.join(end) + end).length, 3);
  }
});

Deno.test("parseRules: reads patterns with spaces or # in quotes", () => {
  assertEquals(parse('"My Files/**" read *'), [[1, "My Files", "r", "*"]]);
  assertEquals(parse('"#1" read *'), [[1, "#1", "r", "*"]]);
  assertEquals(parse("a#b read *"), [[1, "a#b", "r", "*"]]);
  for (const text of ['"a read *', '"a"b read *', 'x read *\n "a']) {
    const [code, line, column] = mistakeIn(text);
    assertEquals([code, line, column], text.startsWith("x") ? ["quote", 2, 2] : ["quote", 1, 1]);
  }
});

Deno.test("parseRules: ignores / at either end of a pattern, and reads / alone as everything", () => {
  for (const text of ["a/b", "/a/b", "a/b/", "/a/b/", "/a/b/**"]) {
    assertEquals(parse(`${text} read *`), [[1, "a/b", "r", "*"]]);
  }
  for (const text of ["/", "**", "/**", "**/"]) {
    assertEquals(parse(`${text} read *`), [[1, "", "r", "*"]]);
  }
});

Deno.test("parseRules: normalizes patterns and names to NFC", () => {
  assertEquals(parse("cafe\u0301 read jose\u0301"), [[1, "café", "r", "josé"]]);
});

Deno.test("parseRules: accepts a space after a comma between rights", () => {
  for (const rights of ["read,write", "write,read", "read, write", "read,write,read"]) {
    assertEquals(parse(`a ${rights} alice`), [[1, "a", "rw", "alice"]]);
  }
});

Deno.test("parseRules: throws RuleError with position and word of a mistake", () => {
  const wrong: Array<[string, RuleErrorCode, number, number, string]> = [
    ["a", "rights-missing", 1, 2, ""],
    ["\n  á  ", "rights-missing", 2, 4, ""],
    ['"a b"', "rights-missing", 1, 6, ""],
    ["a # read *", "rights-missing", 1, 2, ""],
    ["a read", "subject-missing", 1, 7, ""],
    ["a read,", "rights-unknown", 1, 8, ""],
    ["a read, write", "subject-missing", 1, 14, ""],
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
    ["😀 read * guest", "subject-unknown", 1, 10, "guest"],
    ["a read Guests", "subject-unknown", 1, 8, "Guests"],
    ["a read alice,bob", "subject-unknown", 1, 8, "alice,bob"],
    ["a read ok b@d", "subject-unknown", 1, 11, "b@d"],
    ["a read server", "subject-unknown", 1, 8, "server"],
    ["a read *\nb read **", "subject-unknown", 2, 8, "**"],
    ["x/a** read *", "pattern-stars", 1, 1, "x/a**"],
    ["*** read *", "pattern-stars", 1, 1, "***"],
    ["a//b read *", "pattern-path", 1, 1, "a//b"],
    ["../a read *", "pattern-path", 1, 1, "../a"],
    ["./a read *", "pattern-path", 1, 1, "./a"],
    ["// read *", "pattern-path", 1, 1, "//"],
    ['"" read *', "pattern-path", 1, 1, ""],
    ["a\\b read *", "pattern-path", 1, 1, "a\\b"],
    [".tcp-chat/** read *", "pattern-path", 1, 1, ".tcp-chat/**"],
    ["a\u0000 read *", "pattern-path", 1, 1, "a\u0000"],
    [`${"x".repeat(256)} read *`, "pattern-path", 1, 1, "x".repeat(256)],
  ];
  for (const [text, ...expected] of wrong) assertEquals(mistakeIn(text), expected, text);
});

Deno.test("parseRules: accepts names that only Windows cannot store", () => {
  const patterns = ['a"b', "*.", "con.*"];
  const text = patterns.map((pattern) => `${pattern} read *`).join("\n");
  assertEquals(parseRules(text, "rules").map(({ pattern }) => pattern.text), patterns);
});

Deno.test("parseRules: accepts components as long as those of paths", () => {
  for (const length of [254, 255]) assertEquals(parse(`${"x".repeat(length)} read *`).length, 1);
});

Deno.test("parseRules: throws for the first mistake, with the path of the file", () => {
  const error = assertThrows(() => parseRules("a read *\nb\nc", "/data/rules"), RuleError);
  assertEquals([error.line, error.path], [2, "/data/rules"]);
  assertStringIncludes(error.message, "/data/rules: line 2, column 2: rights are expected");
});

Deno.test("parseRules: names all rights where one is missing or unknown", () => {
  for (const text of ["a", "a reed *"]) {
    const { message } = assertThrows(() => parseRules(text, "rules"), RuleError);
    for (const right of FILE_RIGHTS) assertStringIncludes(message, right);
  }
});

Deno.test("parseRules: keeps the reason why no file can have a path", () => {
  const error = assertThrows(() => parseRules("../a read *", "rules"), RuleError);
  assertEquals(error.reason, "path-dots");
});

Deno.test("parseRules: returns account names with their positions", () => {
  const [rule] = parseRules("a read * alice members Bob", "rules");
  assertEquals(rule?.accounts, [
    { name: "alice", line: 1, column: 10 },
    { name: "Bob", line: 1, column: 24 },
  ]);
});

Deno.test("decodeRuleText: throws with the position of bytes that are not UTF-8", () => {
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

Deno.test("parseRules: returns rules or throws a mistake inside the text, for any text", () => {
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
