import { assertEquals } from "@std/assert";
import type { RemoteItem } from "../../lib/client/remote_paths.ts";
import { mirror } from "../../lib/cli/commands/mirror.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const NONE_OMITTED = { count: 0, paths: [] };
const SILENT = { refuse: () => {}, onDeleted: () => {}, sum: () => {} };

/** A mirror of a folder `p` with so many files, in which so many others are. Returns how many stay. */
async function mirrored(wanted: number, extra: number): Promise<number> {
  using folder = new TempDir();
  const names = Array.from({ length: wanted }, (_, i) => `w${i}`);
  for (const name of names) folder.write(`p/${name}`, "");
  for (let i = 0; i < extra; i++) folder.write(`p/x${i}`, "");
  const common = { sizeBytes: 0, modifiedMs: null };
  const found: RemoteItem[] = [
    { path: "p", localPath: "p", type: "folder", ...common },
    ...names.map((name) => ({
      path: `p/${name}`,
      localPath: `p/${name}`,
      type: "file" as const,
      ...common,
    })),
  ];
  const result = { files: [], failures: [], omitted: NONE_OMITTED };
  await mirror(found, result, SILENT, {
    directory: folder.path,
    exclude: [],
    mirror: { maxDelete: null, ask: null, isSettled: true, kept: [] },
    signal: new AbortController().signal,
    locale: makeLocale("en"),
  });
  return folder.list("p").length - wanted;
}

Deno.test("mirror: deletes half of the files, and one file less, but no more", async () => {
  assertEquals(await mirrored(3, 2), 0);
  assertEquals(await mirrored(3, 3), 0);
  assertEquals(await mirrored(3, 4), 4);
});

Deno.test("mirror: deletes 1,000 files, and one less, but no more", async () => {
  const { mirrorDeletions: most } = LIMITS;
  assertEquals(await mirrored(most + 1, most - 1), 0);
  assertEquals(await mirrored(most + 1, most), 0);
  assertEquals(await mirrored(most + 1, most + 1), most + 1);
});
