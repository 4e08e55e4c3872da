import { assertEquals } from "@std/assert";
import { parseTransferRequest, unknownOption } from "../../lib/cli/interactive/transfer_request.ts";

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

Deno.test("parseTransferRequest: reads the patterns of what is left out", () => {
  const request = parseTransferRequest("a --exclude '*.o' --gitignore --exclude #x");
  assertEquals(request?.exclude, ["*.o", "\\#x"]);
  assertEquals([request?.gitignore, request?.names], [true, ["a"]]);
  assertEquals(parseTransferRequest("a --exclude"), null);
});

Deno.test("parseTransferRequest: reads what becomes of links, and returns null for another word", () => {
  assertEquals(parseTransferRequest("a")?.links, "skip");
  assertEquals(parseTransferRequest("a --links follow")?.links, "follow");
  assertEquals(parseTransferRequest("a --links all"), null);
});

Deno.test("parseTransferRequest: reads the options of the commands get and put", () => {
  const get = parseTransferRequest("f --replace --delete --max-delete 7 -y --no-exec --sums S");
  assertEquals([get?.delete, get?.maxDelete, get?.yes, get?.noExec, get?.sums], [
    ...[true, 7, true, true, "S"],
  ]);
  const put = parseTransferRequest("f --known --zstd --no-resume --checksum --exclude-from X");
  assertEquals([put?.known, put?.zstd, put?.noResume, put?.checksum, put?.excludeFrom], [
    ...[true, true, true, true, "X"],
  ]);
  assertEquals(parseTransferRequest("f --max-delete -1"), null);
  assertEquals(parseTransferRequest("f --max-delete x"), null);
});

Deno.test("parseTransferRequest: needs no name with --from-sums", () => {
  assertEquals(parseTransferRequest("--from-sums S")?.names, []);
  assertEquals(parseTransferRequest("f --from-sums S")?.fromSums, "S");
});

Deno.test("unknownOption: finds what is no option of the command, unless it is quoted", () => {
  assertEquals(unknownOption("a --bwlimit 1M --delete", "file"), "--bwlimit");
  assertEquals(unknownOption("a --exclude=*.o", "put"), "--exclude=*.o");
  assertEquals(unknownOption("a --replace --delete", "put"), "--delete");
  assertEquals(unknownOption("a --gitignore", "file"), "--gitignore");
  for (const argument of ['"--bwlimit" a', "a -- b - c --", "a --replace -n --to x", '"a']) {
    assertEquals(unknownOption(argument, "put"), null);
  }
});
