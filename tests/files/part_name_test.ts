import { assert, assertEquals } from "@std/assert";
import { numberedName } from "../../lib/files/commit_name.ts";
import { findPart, partName, versionPath } from "../../lib/files/part_names.ts";
import { checkName } from "../../lib/protocol/path.ts";
import { utf8Length } from "../../lib/protocol/text.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { partIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("partName: appends .part if that fits", () => {
  assertEquals(partName("a.txt"), "a.txt.part");
  assertEquals(partName("x".repeat(250)), "x".repeat(250) + ".part");
  assertEquals(partName("é".repeat(125)), "é".repeat(125) + ".part");
});

Deno.test("partName: hashes a name that is too long", () => {
  for (const name of ["x".repeat(251), "x".repeat(255), "é".repeat(126)]) {
    assertEquals(partName(name), sha256Of(name) + ".part");
  }
});

Deno.test("numberedName: puts the number before the extension", () => {
  assertEquals(numberedName("a.txt", 0), "a.txt");
  assertEquals(numberedName("a.txt", 1), "a (1).txt");
  assertEquals(numberedName("a.tar.gz", 12), "a.tar (12).gz");
  assertEquals(numberedName("README", 3), "README (3)");
  assertEquals(numberedName(".profile", 1), ".profile (1)");
  assertEquals(numberedName("名前.txt", 2), "名前 (2).txt");
});

Deno.test("numberedName: cuts the stem of a name that is too long, between characters", () => {
  assertEquals(numberedName("x".repeat(255), 1), "x".repeat(251) + " (1)");
  assertEquals(numberedName("x".repeat(251) + ".txt", 1), "x".repeat(247) + " (1).txt");
  assertEquals(numberedName("x".repeat(251) + ".txt", 9_999), "x".repeat(244) + " (9999).txt");
  assertEquals(numberedName("\u{1f600}".repeat(63) + "xyz", 1), "\u{1f600}".repeat(62) + " (1)");
  assertEquals(numberedName("x".repeat(251), 1), "x".repeat(251) + " (1)");
});

Deno.test("numberedName: returns an allowed name for every name of 255 bytes", () => {
  for (let dot = 0; dot < 254; dot++) {
    const name = "x".repeat(dot) + "." + "y".repeat(254 - dot);
    for (const number of [1, 9_999]) {
      const numbered = numberedName(name, number);
      assertEquals(checkName(numbered), numbered);
      assert(utf8Length(numbered) <= 255);
      assert(numbered.includes(` (${number})`));
    }
  }
});

Deno.test("versionPath: appends .version, or hashes a name that is too long", () => {
  using temp = new TempDir();
  assertEquals(versionPath(temp.join("a.txt.part")), temp.join("a.txt.part.version"));
  const longest = "x".repeat(242) + ".part";
  assertEquals(versionPath(temp.join(longest)), temp.join(longest + ".version"));
  const tooLong = "x" + longest;
  assertEquals(versionPath(temp.join(tooLong)), temp.join(sha256Of(tooLong) + ".version"));
});

Deno.test("findPart: returns the size and the version of an earlier part", () => {
  using temp = new TempDir();
  const place = { partBase: temp.path, partName: "a.part" };
  assertEquals(findPart(place), null);
  temp.write(".tcp-chat/a.part", "12345");
  assertEquals(findPart(place), { sizeBytes: 5, version: null });
  temp.write(".tcp-chat/a.part.version", "");
  assertEquals(findPart(place), { sizeBytes: 5, version: null });
  temp.write(".tcp-chat/a.part.version", "v1");
  assertEquals(findPart(place), { sizeBytes: 5, version: "v1" });
  temp.write(".tcp-chat/a.part", "");
  assertEquals(findPart(place), null);
});

Deno.test("findPart: ignores entries that are not regular files", () => {
  using temp = new TempDir();
  temp.write(".tcp-chat/folder.part/x", "x");
  assertEquals(findPart({ partBase: temp.path, partName: "folder.part" }), null);
  assertEquals(findPart({ partBase: temp.join("nowhere"), partName: "a.part" }), null);
  if (Deno.build.os === "windows") return;
  Deno.symlinkSync(temp.write("file", "12345"), temp.join(".tcp-chat/link.part"));
  assertEquals(findPart({ partBase: temp.path, partName: "link.part" }), null);
  temp.write(".tcp-chat/a.part", "12345");
  for (const make of ["mkfifo", "ln -s ../file", "head -c 4097 /dev/zero >"]) {
    const note = temp.join(".tcp-chat/a.part.version");
    new Deno.Command("sh", { args: ["-c", `${make} ${note}`] }).outputSync();
    assertEquals(findPart({ partBase: temp.path, partName: "a.part" })?.version, null, make);
    Deno.removeSync(note);
  }
});

Deno.test("findPart: takes a file beside the final one for a part only with a version beside it", () => {
  using temp = new TempDir();
  const place = { ...partIn(temp.path), earlierPath: temp.write("a.bin.part", "12345") };
  const found: [string | null, boolean][] = [[null, false], ["", false], ["whole\n", false]];
  for (const [version, isFound] of [...found, ["5-lyz1-lyz0-1f", true] as const]) {
    if (version !== null) temp.write("a.bin.part.version", version);
    assertEquals(findPart(place), isFound ? { sizeBytes: 5, version } : null, String(version));
  }
  temp.write(".tcp-chat/a.bin.part", "1");
  assertEquals(findPart(place), { sizeBytes: 1, version: null });
});
