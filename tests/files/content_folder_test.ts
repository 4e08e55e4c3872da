import { assert, assertEquals } from "@std/assert";
import { ContentFolder } from "../../lib/files/content_folder.ts";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { PartFile } from "../../lib/files/part_file.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENTS = [1, 2, 3, 4].map((seed) => patternedBytes(100, seed));
const of = (bytes: Uint8Array) => ({ sha256: sha256Of(bytes), sizeBytes: bytes.length });

async function open(temp: TempDir, limitBytes = 300, nowMs = Date.now()): Promise<ContentFolder> {
  const { folder } = await DirectoryStore.open(temp.path);
  return await ContentFolder.open(folder.servedRoot, { limitBytes, nowMs });
}

function receive(folder: ContentFolder, bytes: Uint8Array): void {
  const content = of(bytes);
  const part = new PartFile(folder.targetOf(content));
  part.begin({ sizeBytes: bytes.length, offset: 0, modifiedMs: null, version: null });
  part.write(bytes);
  assert(typeof part.commit(content.sha256) === "object");
  folder.added(content);
}

const present = (folder: ContentFolder) => CONTENTS.map((bytes) => folder.has(of(bytes)));

Deno.test("ContentFolder: removes what was used longest ago, and nothing that is held", async () => {
  using temp = new TempDir();
  const folder = await open(temp);
  for (const bytes of CONTENTS.slice(0, 3)) receive(folder, bytes);
  assertEquals(present(folder), [true, true, true, false]);
  folder.hold(of(CONTENTS[0]!))[Symbol.dispose](); // Used last
  using _ = folder.hold(of(CONTENTS[1]!));
  receive(folder, CONTENTS[3]!);
  await folder.idle();
  assertEquals(present(folder), [true, true, false, true]);
  assertEquals(await folder.makeRoom(), 200);
  assertEquals(present(folder), [false, true, false, false]);
  assertEquals(folder.totalBytes, 100);
});

Deno.test("ContentFolder: is at its limit at the end of a hold, and not above it", async () => {
  using temp = new TempDir();
  const folder = await open(temp, 250);
  const hold = folder.hold(of(CONTENTS[0]!));
  for (const bytes of CONTENTS.slice(0, 3)) receive(folder, bytes);
  await folder.idle();
  assertEquals(present(folder), [true, false, true, false]);
  const large = patternedBytes(251, 9);
  const second = folder.hold(of(large));
  receive(folder, large);
  await folder.idle();
  assertEquals([folder.totalBytes, present(folder)[0]], [351, true]);
  hold[Symbol.dispose]();
  await folder.idle();
  assertEquals([folder.totalBytes, present(folder)[0]], [251, false]);
  second[Symbol.dispose]();
  await folder.idle();
  assertEquals(folder.totalBytes, 0);
});

Deno.test("ContentFolder: has its contents and their order after a restart, and no others", async () => {
  using temp = new TempDir();
  const folder = await open(temp);
  for (const [i, bytes] of CONTENTS.slice(0, 3).entries()) {
    receive(folder, bytes);
    const { realPath } = folder.fileOf(of(bytes));
    Deno.utimeSync(realPath, i === 0 ? 3_000 : 1_000 + i, i === 0 ? 3_000 : 1_000 + i);
  }
  temp.write(".tcp-chat/contents/strange.txt", "x");
  const again = await open(temp, 200);
  assertEquals(present(again), [true, false, true, false]);
  assertEquals(again.totalBytes, 200);
});

Deno.test("ContentFolder: keeps what broke off for a day", async () => {
  using temp = new TempDir();
  const folder = await open(temp);
  const { arrivingPath = "" } = folder.fileOf(of(CONTENTS[0]!));
  Deno.writeFileSync(arrivingPath, CONTENTS[0]!.subarray(0, 40));
  const hoursMs = 3_600_000;
  await open(temp, 300, Date.now() + 23 * hoursMs);
  assertEquals(Deno.statSync(arrivingPath).size, 40);
  await open(temp, 300, Date.now() + 25 * hoursMs);
  assertEquals([...Deno.readDirSync(temp.join(".tcp-chat"))].map(({ name }) => name), ["contents"]);
});
