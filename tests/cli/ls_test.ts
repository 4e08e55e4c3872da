import { assertEquals, assertThrows } from "@std/assert";
import { describeEntry } from "../../lib/cli/commands/ls.ts";
import { folderPath } from "../../lib/cli/options/folder_path.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { formatDateTime } from "../../lib/cli/view/format_time.ts";
import type { ListedEntry } from "../../lib/protocol/answers.ts";
import { RequestError } from "../../lib/protocol/errors.ts";

const ENGLISH = makeLocale("en");
const MTIME = new Date(2026, 0, 31, 7, 5, 59).getTime();
const FILE: ListedEntry = { path: "a/b.txt", type: "file", size: 7_500_000, mtime: MTIME };
const FOLDER: ListedEntry = { path: "a", type: "folder", size: 0, mtime: MTIME };

Deno.test("describeEntry: shows the path, with a trailing slash for a folder", () => {
  const short = { long: false, locale: ENGLISH };
  assertEquals(describeEntry(FILE, short), "a/b.txt");
  assertEquals(describeEntry(FOLDER, short), "a/");
});

Deno.test("describeEntry: shows columns with size and time before the path if long", () => {
  const long = { long: true, locale: ENGLISH };
  assertEquals(describeEntry(FILE, long), "   7.5 MB  2026-01-31 07:05  a/b.txt");
  assertEquals(describeEntry(FOLDER, long), "           2026-01-31 07:05  a/");
  assertEquals(describeEntry({ ...FILE, size: 0 }, long), "      0 B  2026-01-31 07:05  a/b.txt");
  const portuguese = describeEntry(FILE, { ...long, locale: makeLocale("pt-BR") });
  assertEquals(portuguese, "   7,5 MB  2026-01-31 07:05  a/b.txt");
});

Deno.test("describeEntry: aligns the columns for usual sizes", () => {
  for (const size of [0, 1, 999, 1_000, 999_900, 123_456_789, 1e12]) {
    const line = describeEntry({ ...FILE, size }, { long: true, locale: ENGLISH });
    assertEquals(line.indexOf("2026-"), 11, line);
  }
});

Deno.test("describeEntry: removes control characters from the path", () => {
  const path = "a\x1b[2J\r\n\u202eb";
  assertEquals(describeEntry({ ...FILE, path }, { long: false, locale: ENGLISH }), "a[2J b");
});

Deno.test("formatDateTime: uses the local time zone", () => {
  assertEquals(formatDateTime(MTIME), "2026-01-31 07:05");
  assertEquals(formatDateTime(new Date(1969, 11, 1, 23, 59).getTime()), "1969-12-01 23:59");
});

Deno.test("folderPath: normalizes a typed path, and refuses invalid paths", () => {
  for (const text of ["", " ", "/", ".", "./", "//", "././"]) {
    assertEquals(folderPath(text), "", text);
  }
  for (const text of ["a/b", "/a/b", "./a/b", "a/b/", " a/b// ", "././a/b"]) {
    assertEquals(folderPath(text), "a/b", text);
  }
  assertEquals(folderPath(".a"), ".a");
  for (const text of ["..", "../a", "a/../b", "a//b", "/..", ".tcp-chat"]) {
    assertEquals(assertThrows(() => folderPath(text), RequestError).code, "bad-path", text);
  }
});
