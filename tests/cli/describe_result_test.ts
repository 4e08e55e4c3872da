import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { describeResult, type TransferResult } from "../../lib/cli/view/describe_result.ts";

const ENGLISH = makeLocale("en");
const HASH = "a".repeat(64);
const RESULT: TransferResult = {
  file: "downloads/b.txt",
  sizeBytes: 1_500,
  sha256: HASH,
  skipped: false,
  resumedFrom: 0,
};

Deno.test("describeResult: shows file, size and hash, and the offset of a resumed transfer", () => {
  const get = { shownName: "b.txt", direction: "get", columns: Infinity } as const;
  const text = (
    result: Partial<TransferResult>,
    where: Parameters<typeof describeResult>[2] = get,
  ) => describeResult({ ...RESULT, ...result }, ENGLISH, where);
  assertEquals(text({}), `b.txt: 1.5 kB, SHA-256 verified (${HASH})`);
  assertEquals(
    text({ resumedFrom: 500 }),
    `b.txt: 1.5 kB, SHA-256 verified (${HASH}), resumed at 500 B`,
  );
  const there = `b.txt: already there, SHA-256 verified (${HASH})`;
  assertEquals(text({ skipped: true }), there);
  assertEquals(text({ skipped: true, resumedFrom: 500 }), there);
  const put = { ...get, direction: "put" } as const;
  assertStringIncludes(text({}, put), "1.5 kB sent");
  assertStringIncludes(text({ skipped: true }, put), "already on the server");
  assertStringIncludes(text({}, { ...get, shownName: "a\x1b[2J\n\u202eb" }), "a[2J b: 1.5 kB");
  assertStringIncludes(describeResult(RESULT, makeLocale("pt-BR"), get), "b.txt: 1,5 kB");
});

Deno.test("describeResult: gives the hash a line of its own where the terminal is too narrow", () => {
  const text = (columns: number, shownName = "b.txt", resumedFrom = 0) => {
    const view = { shownName, direction: "get", columns } as const;
    return describeResult({ ...RESULT, resumedFrom }, ENGLISH, view);
  };
  const line = `b.txt: 1.5 kB, SHA-256 verified (${HASH})`;
  assertEquals(text(line.length), line);
  assertEquals(text(line.length - 1), `b.txt: 1.5 kB, SHA-256 verified\n  ${HASH}`);
  assertEquals(text(65), `b.txt: 1.5 kB, SHA-256 verified\n${HASH}`);
  const [first, second = ""] = text(80, "b.txt", 500).split("\n");
  assertEquals(first, "b.txt: 1.5 kB, SHA-256 verified, resumed at 500 B");
  assertEquals(second.length, 66);
  assertEquals(text(line.length, "日.txt").split("\n").length, 2);
});
