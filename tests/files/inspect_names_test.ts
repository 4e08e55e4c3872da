import { assertEquals } from "@std/assert";
import { packNames, unpackNames } from "../../lib/files/folder_names.ts";
import { type Inspected, packInspected, unpackInspected } from "../../lib/files/inspect_names.ts";

const largest = Number.MAX_SAFE_INTEGER;
const file = {
  type: "file",
  stamp: { sizeBytes: largest, modifiedMs: -8.64e15, changedMs: 8.64e15, inode: largest },
  target: null,
} as const;
const folder = {
  type: "folder",
  stamp: { sizeBytes: 0, modifiedMs: 1.5, changedMs: 2.5, inode: 3 },
  target: null,
} as const;

Deno.test("packInspected, unpackInspected: keep each entry, link, omission and gap in its place", () => {
  const cases: Inspected[][] = [
    [],
    [null],
    [file, folder],
    [{ ...file, target: "/a/b" }, null, { reason: "special" }, { ...folder, target: "" }, file],
    [{ reason: "unicode" }, { reason: "denied" }, { ...file, target: "/c" }, null],
  ];
  for (const inspected of cases) {
    assertEquals(unpackInspected(packInspected(inspected)), inspected);
  }
});

Deno.test("packNames, unpackNames: keep names and why some are left out", () => {
  const found = [
    { name: "a", reason: null },
    { name: "b\ufffd", reason: "unicode" },
    { name: "c\nd", reason: null },
    { name: "e", reason: "same-name" },
  ] as const;
  assertEquals(unpackNames(packNames(found)), [...found]);
  assertEquals(unpackNames(packNames([])), []);
});
