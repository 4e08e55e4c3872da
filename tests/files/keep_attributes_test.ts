import { assertEquals } from "@std/assert";
import { keepAttributes, makeExecutable } from "../../lib/files/keep_attributes.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const asRoot = { ignore: Deno.build.os === "windows" || Deno.uid() !== 0 };
const CONTENT = patternedBytes(1_000);

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

function replace(temp: TempDir): void {
  const part = new PartFile(targetIn(temp.path, { ifTaken: "replace" }));
  part.begin(detailsOf(CONTENT));
  part.write(CONTENT);
  part.commit(sha256Of(CONTENT));
  assertEquals(Deno.readFileSync(temp.join("a.bin")), CONTENT);
}

Deno.test({
  name: "PartFile: commit keeps the permissions of the file that it replaces, without setuid",
  ...onUnix,
  fn: () => {
    for (const [mode, kept] of [[0o640, 0o640], [0o600, 0o600], [0o755, 0o755], [0o4_750, 0o750]]) {
      using temp = new TempDir();
      Deno.chmodSync(temp.write("a.bin", "old"), mode!);
      replace(temp);
      assertEquals(modeOf(temp.join("a.bin")), kept);
    }
  },
});

Deno.test({
  name: "PartFile: commit keeps the owner and the group of the file that it replaces",
  ...asRoot,
  fn: () => {
    using temp = new TempDir();
    Deno.chmodSync(temp.write("a.bin", "old"), 0o640);
    Deno.chownSync(temp.join("a.bin"), 12_345, 23_456);
    replace(temp);
    const { uid, gid } = Deno.statSync(temp.join("a.bin"));
    assertEquals([uid, gid, modeOf(temp.join("a.bin"))], [12_345, 23_456, 0o640]);
  },
});

Deno.test({
  name: "keepAttributes: leaves a file alone that replaces nothing, a link or a folder",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    const path = temp.write("new", "new");
    Deno.chmodSync(path, 0o604);
    Deno.chmodSync(temp.write("secret", ""), 0o600);
    Deno.mkdirSync(temp.join("folder"), { mode: 0o700 });
    Deno.symlinkSync("secret", temp.join("link"));
    for (const name of ["missing", "link", "folder"]) {
      keepAttributes(path, temp.join(name));
      assertEquals(modeOf(path), 0o604, name);
    }
  },
});

Deno.test({
  name: "PartFile: commit gives a new file the permissions of the umask",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    replace(temp);
    assertEquals(modeOf(temp.join("a.bin")), modeOf(temp.write("other", "")));
  },
});

Deno.test({
  name: "makeExecutable: follows the right to read, takes nothing away, and never sets setuid",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    const path = temp.write("a", "a");
    // The first is what a umask of 077 leaves
    for (const [mode, made] of [[0o600, 0o700], [0o644, 0o755], [0o604, 0o705], [0o661, 0o771]]) {
      Deno.chmodSync(path, mode!);
      makeExecutable(path);
      assertEquals(modeOf(path), made);
    }
    makeExecutable(temp.join("missing")); // What cannot be set is no failure
  },
});
