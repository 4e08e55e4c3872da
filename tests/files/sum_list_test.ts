import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import {
  checkSumPlace,
  formatSums,
  parseSums,
  readSumFile,
  SumListError,
  writeSumFile,
} from "../../lib/files/sum_list.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);

Deno.test("parseSums: reads what sha256sum, shasum and the BSDs write", () => {
  const text = [
    "\ufeff# a comment",
    `${A}  a b.txt`,
    `${B.toUpperCase()} *./f/b`,
    "",
    `SHA256 (f/c (1)) = ${A}\r`,
    `${B}   leading`,
    `${A}  e\u0301`,
    `${B}  a\u2028b`,
    `SHA256 (a\u2029b) = ${B}`,
    "",
  ].join("\n");
  assertEquals([...parseSums(text)], [
    ["a b.txt", A],
    ["f/b", B],
    ["f/c (1)", A],
    [" leading", B],
    ["é", A],
    ["a\u2028b", B],
    ["a\u2029b", B],
  ]);
  assertEquals(parseSums("").size, 0);
});

const MISTAKES: Array<[text: string, code: string, line: number, reason: string | null]> = [
  [`${A}  ../x`, "path", 1, "path-dots"],
  [`${A}  /etc/passwd`, "path", 1, "path-empty"],
  [`${A}  x\n${A}  f/../../x`, "path", 2, "path-dots"],
  [`${A}  .tcp-chat/x`, "path", 1, "path-reserved"],
  [`${A}  ./../x`, "path", 1, "path-dots"],
  [`\\${A}  a\\\\b`, "path", 1, "path-character"],
  [`\\${A}  a\\nb`, "path", 1, "path-character"],
  [`${A}  a\\b`, "path", 1, "path-character"],
  [`${A}  x\n\n${A}  x`, "repeated", 3, null],
  [`${A}  x\n${B}  ./x`, "repeated", 2, null],
  [`${A} x`, "malformed", 1, null],
  [`${A}  `, "malformed", 1, null],
  [`${A}a  x`, "malformed", 1, null],
  ["-----BEGIN PGP SIGNED MESSAGE-----", "malformed", 1, null],
];
for (const [text, code, line, reason] of MISTAKES) {
  Deno.test(`parseSums: refuses ${JSON.stringify(text.replaceAll(A, "A").replaceAll(B, "B"))}`, () => {
    const error = assertThrows(() => parseSums(text), SumListError);
    assertEquals([error.code, error.line, error.reason], [code, line, reason]);
  });
}

Deno.test("formatSums: sorts, escapes, and is what parseSums reads", () => {
  const sums = new Map([["b", B], ["a/c", A]]);
  assertEquals(formatSums(sums), `${A}  a/c\n${B}  b\n`);
  assertEquals(parseSums(formatSums(sums)), new Map([["a/c", A], ["b", B]]));
  assertEquals(formatSums(new Map([["a\\\n", A]])), `\\${A}  a\\\\\\n\n`);
});

Deno.test("readSumFile: takes a file at the limit, and refuses one byte more", async () => {
  using folder = new TempDir();
  const limit = LIMITS.sumFileBytes;
  for (const bytes of [limit - 1, limit]) {
    const comment = new Uint8Array(bytes).fill(0x23);
    comment.set(new TextEncoder().encode(`${A}  a\n`));
    assertEquals(await readSumFile(folder.write("sums", comment)), new Map([["a", A]]));
  }
  const path = folder.write("sums", new Uint8Array(limit + 1).fill(0x23));
  const error = await assertRejects(() => readSumFile(path), SumListError);
  assertEquals(error.code, "too-large");
  await assertRejects(() => readSumFile(folder.join("nothing")), DiskError);
});

Deno.test("readSumFile: refuses a list that names no file", async () => {
  using folder = new TempDir();
  for (const text of ["", "\n", "# nothing\n"]) {
    const error = await assertRejects(() => readSumFile(folder.write("sums", text)), SumListError);
    assertEquals(error.code, "empty");
  }
});

Deno.test("writeSumFile: replaces a file, and writes into what is none", async () => {
  using folder = new TempDir();
  const path = folder.write("sums", "old");
  await writeSumFile(path, new Map([["a", A]]));
  assertEquals(Deno.readTextFileSync(path), `${A}  a\n`);
  assertEquals(folder.list(), ["sums"]);
  if (Deno.build.os === "windows") return;
  await writeSumFile("/dev/null", new Map([["a", A]]));
  assertEquals(Deno.statSync("/dev/null").isFile, false);
});

Deno.test("checkSumPlace: wants a folder for the file, and no folder in its place", async () => {
  using folder = new TempDir();
  await checkSumPlace(folder.join("sums"));
  await assertRejects(() => checkSumPlace(folder.join("no/sums")), DiskError);
  await assertRejects(() => checkSumPlace(folder.path), DiskError);
});
