import { assertEquals, assertRejects } from "@std/assert";
import { RoundSums } from "../../lib/cli/commands/record_sums.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const [A, B, C] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];

/** Sums in a file, and what is in it. */
async function setUp() {
  const folder = new TempDir();
  const sums = folder.join("SUMS");
  const record = await RoundSums.start(sums);
  const read = () => Deno.readTextFileSync(sums);
  const round = async (files: Record<string, string>, isWhole: boolean) => {
    for (const [path, sha256] of Object.entries(files)) {
      record.add(path, { file: folder.join(path), sha256, sizeBytes: 1 });
    }
    await record.endRound(isWhole);
  };
  return { sums, read, round, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

Deno.test("RoundSums: lists what a whole round has told, also if that is nothing", async () => {
  using fixture = await setUp();
  const { read, round } = fixture;
  await round({}, true);
  assertEquals(read(), "");
  await round({ a: A, b: B }, true);
  assertEquals(read(), `${A}  a\n${B}  b\n`);
  await round({ a: C }, true);
  assertEquals(read(), `${C}  a\n`);
});

Deno.test("RoundSums: takes the place of no file that it is about", async () => {
  using folder = new TempDir();
  folder.write("file", "previous");
  if (Deno.build.os !== "windows") Deno.symlinkSync("file", folder.join("link"));
  for (const [list, moved] of [["SUMS", "SUMS"], ["link", "file"], ["file", "link"]] as const) {
    if (Deno.build.os === "windows" && list !== "SUMS") return;
    const record = await RoundSums.start(folder.join(list));
    folder.write(moved, "verified");
    record.add("a", { file: folder.join("a"), sha256: A, sizeBytes: 1 });
    record.add(moved, { file: folder.join(moved), sha256: B, sizeBytes: "verified".length });
    const error = await assertRejects(() => record.endRound(true), DiskError);
    assertEquals([error.code, Deno.readTextFileSync(folder.join(moved))], ["exists", "verified"]);
  }
});

Deno.test("RoundSums: keeps what was listed in a round that failed", async () => {
  using fixture = await setUp();
  const { sums, read, round } = fixture;
  Deno.writeTextFileSync(sums, "of an earlier command");
  await round({}, false);
  assertEquals(read(), "of an earlier command");
  await round({ a: A, b: B }, true);
  await round({}, false);
  assertEquals(read(), `${A}  a\n${B}  b\n`);
  await round({ b: C }, false);
  assertEquals(read(), `${A}  a\n${C}  b\n`);
});

Deno.test("RoundSums: writes nothing in a round without change", async () => {
  using fixture = await setUp();
  const { sums, read, round } = fixture;
  await round({ a: A }, true);
  Deno.writeTextFileSync(sums, "seen");
  await round({ a: A }, true);
  assertEquals(read(), "seen");
});

Deno.test("RoundSums.start: rejects a list that cannot be written, before the first round", async () => {
  using folder = new TempDir();
  await assertRejects(() => RoundSums.start(folder.join("none/SUMS")), DiskError);
});
