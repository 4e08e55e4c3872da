import { assertEquals } from "@std/assert";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import { describeRoot } from "../../lib/files/served_root.ts";
import { SMALL_FILE_BYTES } from "../../lib/files/small_bytes.ts";
import { openSmall, openSmallLocal } from "../../lib/files/small_content.ts";
import { readSmall } from "../../lib/worker/small_file.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const folderAt = (root: string) => ({
  root,
  servedRoot: describeRoot(root, Deno.statSync(root)),
  ownPaths: [],
  ownFolders: new Set<string>(),
  ownFiles: new Map<string, string>(),
});

/** Writes a file with an old modification time. */
function writeOld(temp: TempDir, path: string, content: string | Uint8Array): string {
  const full = temp.write(path, content);
  Deno.utimeSync(full, new Date(), new Date(Date.now() - 60_000));
  return full;
}

Deno.test("openSmall: opens files up to 64 KiB, and no larger ones", () => {
  using temp = new TempDir();
  for (const size of [0, 1, SMALL_FILE_BYTES - 1, SMALL_FILE_BYTES, SMALL_FILE_BYTES + 1]) {
    const content = patternedBytes(size);
    const path = writeOld(temp, "sub/a.bin", content);
    for (
      const source of [
        openSmall(new PathResolver(), folderAt(temp.path), "sub/a.bin"),
        openSmallLocal(path),
      ]
    ) {
      const small = readSmall(source);
      assertEquals(small?.sha256 ?? null, size > SMALL_FILE_BYTES ? null : sha256Of(content));
      if (small === null) continue;
      assertEquals(small.file.realPath, path);
      const frame = new Uint8Array(small.buffer);
      assertEquals(frame.length, size === 0 ? 0 : 12 + size);
      assertEquals(frame.subarray(12), content);
    }
  }
});

Deno.test({
  name: "openSmall: returns null for folders, links out of the root, private and missing files",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using temp = new TempDir();
    writeOld(temp, "root/.tcp-chat/x", "private");
    writeOld(temp, "outside", "secret");
    writeOld(temp, "root/sub/a", "a");
    const root = temp.join("root");
    Deno.utimeSync(temp.join("root/sub"), new Date(), new Date(0)); // Not just written
    Deno.symlinkSync("../outside", temp.join("root/out"));
    Deno.symlinkSync("sub/a", temp.join("root/in"));
    Deno.symlinkSync("nothing", temp.join("root/dead"));
    new Deno.Command("mkfifo", { args: [temp.join("root/fifo")] }).outputSync();
    for (const path of ["sub", "out", ".tcp-chat/x", "dead", "fifo", "missing", "sub/a/b"]) {
      assertEquals(openSmall(new PathResolver(), folderAt(root), path), null, path);
    }
    assertEquals(openSmallLocal("/dev/null"), null);
    assertEquals(
      readSmall(openSmall(new PathResolver(), folderAt(root), "in"))?.file.realPath,
      temp.join("root/sub/a"),
    );
  },
});

Deno.test("openSmall: returns null for a file that was just written", () => {
  using temp = new TempDir();
  const writtenMs = Date.UTC(2020, 1, 29);
  Deno.utimeSync(temp.write("a", "a"), new Date(), new Date(writtenMs));
  const now = Date.now;
  try {
    for (const [ageMs, isFound] of [[-1, true], [0, false], [10, false], [11, true]] as const) {
      Date.now = () => writtenMs + ageMs;
      assertEquals(
        readSmall(openSmall(new PathResolver(), folderAt(temp.path), "a")) !== null,
        isFound,
        `${ageMs} ms`,
      );
    }
  } finally {
    Date.now = now;
  }
});

Deno.test("readSmall: returns null when the file changes after it was opened", () => {
  using temp = new TempDir();
  const path = writeOld(temp, "a", "before");
  const source = openSmall(new PathResolver(), folderAt(temp.path), "a");
  Deno.writeTextFileSync(path, "after!");
  assertEquals(readSmall(source), null);
});
