import { assertEquals } from "@std/assert";
import { parseTransferRequest } from "../../lib/cli/interactive/transfer_request.ts";

const parse = (argument: string) => {
  const request = parseTransferRequest(argument);
  if (request === null) return null;
  const { whole, names, isQuoted, replace, folder } = request;
  return [whole, names, isQuoted, replace, folder];
};

Deno.test("parseTransferRequest: takes a name with spaces as a whole and as its words", () => {
  assertEquals(parse("a b.txt"), ["a b.txt", ["a", "b.txt"], false, false, null]);
  assertEquals(parse("two  spaces"), ["two  spaces", ["two", "spaces"], false, false, null]);
});

Deno.test("parseTransferRequest: takes quoted names for themselves", () => {
  assertEquals(parse('"a b.txt"'), ["a b.txt", ["a b.txt"], true, false, null]);
  assertEquals(parse("'7'"), ["7", ["7"], true, false, null]);
  assertEquals(parse('"--replace" x'), ["--replace x", ["--replace", "x"], true, false, null]);
  assertEquals(parse("it's"), ["it's", ["it's"], false, false, null]);
});

Deno.test("parseTransferRequest: reads --replace and the target folder", () => {
  assertEquals(parse("--replace a"), ["a", ["a"], false, true, null]);
  assertEquals(parse('a -o "my folder" b'), ["a b", ["a", "b"], false, false, "my folder"]);
  assertEquals(parse("a --to x"), ["a", ["a"], false, false, "x"]);
});

Deno.test("parseTransferRequest: returns null for an open quote, no folder and no name", () => {
  for (const argument of ['"a', 'x "b', "a -o", "--replace", ""]) {
    assertEquals(parse(argument), null);
  }
});

Deno.test("parseTransferRequest: takes an escaped blank or quote for itself", () => {
  assertEquals(parse("my\\ file.txt b"), [
    ...["my file.txt b", ["my file.txt", "b"], true, false, null],
  ]);
  assertEquals(parse(`\\"a\\'`), [`"a'`, [`"a'`], true, false, null]);
  assertEquals(parse("a\\b"), ["a\\b", ["a\\b"], false, false, null]);
});
