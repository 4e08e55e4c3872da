import { assert, assertEquals, assertThrows } from "@std/assert";
import { DirectoryStore, type StoredFile } from "../../lib/files/directory_store.ts";
import { HashedSource, SourceFile } from "../../lib/files/source_file.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(1_000);

async function store(temp: TempDir, content: Uint8Array = CONTENT): Promise<StoredFile> {
  temp.write("a.bin", content);
  return await (await DirectoryStore.open(temp.path)).find("a.bin");
}

function assertChanged(fn: () => unknown): void {
  assertEquals(assertThrows(fn, RequestError).code, "changed");
}

/** Changes of a file, each of which its stamp shows. */
const CHANGES: Record<string, (path: string) => void> = {
  "grown": (path) => Deno.writeFileSync(path, new Uint8Array(1), { append: true }),
  "shrunk": (path) => Deno.truncateSync(path, 500),
  "emptied": (path) => Deno.truncateSync(path, 0),
  "touched": (path) => Deno.utimeSync(path, 1_000, 1_000),
  "replaced": (path) => {
    Deno.writeFileSync(path + ".new", CONTENT);
    Deno.renameSync(path + ".new", path);
  },
  "removed": (path) => Deno.removeSync(path),
  "rewritten in place": (path) => {
    Deno.writeFileSync(path, patternedBytes(1_000, 2));
    Deno.utimeSync(path, 2_000, 2_000);
  },
};

Deno.test("SourceFile: reads a file in pieces of any size", async () => {
  using temp = new TempDir();
  const file = await store(temp);
  for (const size of [1, 7, 999, 1_000, 1_001, 5_000]) {
    const source = new SourceFile(file);
    const into = new Uint8Array(size);
    const read: number[] = [];
    while (source.leftBytes > 0) read.push(...into.subarray(0, source.read(into)));
    assertEquals(new Uint8Array(read), CONTENT);
    assertEquals(source.read(into), 0); // End of file
    source.close();
  }
});

Deno.test("SourceFile: reads an empty file", async () => {
  using temp = new TempDir();
  const source = new SourceFile(await store(temp, new Uint8Array(0)));
  assertEquals(source.leftBytes, 0);
  assertEquals(source.read(new Uint8Array(10)), 0);
  source.close();
});

Deno.test("SourceFile: refuses a file that changed since it was found", async () => {
  for (const [what, change] of Object.entries(CHANGES)) {
    using temp = new TempDir();
    const file = await store(temp);
    change(file.realPath);
    const error = assertThrows(() => new SourceFile(file), RequestError);
    assertEquals(error.code, what === "removed" ? "not-found" : "changed", what);
  }
});

Deno.test("SourceFile: never returns the last byte of a file that changed", async () => {
  for (const change of Object.values(CHANGES)) {
    for (const readBefore of [0, 1, 499, 999]) {
      using temp = new TempDir();
      const file = await store(temp);
      const source = new SourceFile(file);
      source.read(new Uint8Array(readBefore));
      change(file.realPath);
      assertChanged(() => source.read(new Uint8Array(1_000 - readBefore)));
      source.close();
    }
  }
});

Deno.test("SourceFile: returns the bytes before the last one, and none beyond the original size", async () => {
  using temp = new TempDir();
  const file = await store(temp);
  const source = new SourceFile(file);
  Deno.writeFileSync(file.realPath, new Uint8Array(5_000), { append: true });
  assertEquals(source.read(new Uint8Array(999)), 999);
  assertEquals(source.leftBytes, 1);
  assertChanged(() => source.read(new Uint8Array(10)));
  source.close();
});

Deno.test("SourceFile: closes a file that it refuses", async () => {
  using temp = new TempDir();
  const file = await store(temp);
  Deno.truncateSync(file.realPath, 1);
  assertChanged(() => new SourceFile(file)); // The sanitizer reports files left open
});

Deno.test("SourceFile: seeks to any position up to the end", async () => {
  using temp = new TempDir();
  const file = await store(temp);
  for (const position of [0, 1, 500, 999, 1_000]) {
    const source = new SourceFile(file);
    source.seek(position);
    assertEquals([source.position, source.leftBytes], [position, 1_000 - position]);
    const into = new Uint8Array(2_000);
    assertEquals(into.subarray(0, source.read(into)), CONTENT.subarray(position));
    assertEquals(source.position, 1_000);
    source.close();
  }
});

Deno.test("SourceFile: never returns the last byte of a file that changed after a seek", async () => {
  for (const change of Object.values(CHANGES)) {
    using temp = new TempDir();
    const file = await store(temp);
    const source = new SourceFile(file);
    source.seek(999);
    change(file.realPath);
    assertChanged(() => source.read(new Uint8Array(10)));
    source.close();
  }
});

Deno.test("HashedSource: hashes a file in slices of any size", async () => {
  using temp = new TempDir();
  const content = patternedBytes(3 * 1_024 * 1_024 + 5);
  const file = await store(temp, content);
  for (const sliceBytes of [1_000, 1_024 * 1_024, 1_024 * 1_024 + 1, 100_000_000]) {
    const source = new HashedSource(new SourceFile(file));
    let slices = 1;
    while (!source.hashSlice(sliceBytes, Infinity)) slices++;
    assertEquals(source.digest(), sha256Of(content));
    assertEquals(slices, Math.ceil(content.length / sliceBytes));
    source.close();
  }
});

Deno.test("HashedSource: hashes up to the given end, and reads on from there", async () => {
  using temp = new TempDir();
  const file = await store(temp);
  for (const end of [0, 1, 499, 500, 999, 1_000]) {
    for (const sliceBytes of [1, 300, 1_000, 5_000]) {
      const source = new HashedSource(new SourceFile(file));
      let slices = 1;
      while (!source.hashSlice(sliceBytes, end)) slices++;
      assertEquals(slices, Math.max(1, Math.ceil(end / sliceBytes)), `${end} by ${sliceBytes}`);
      assertEquals(source.leftBytes, 1_000 - end);
      const rest: number[] = [];
      const into = new Uint8Array(123);
      while (source.leftBytes > 0) rest.push(...into.subarray(0, source.read(into)));
      assertEquals(new Uint8Array(rest), CONTENT.subarray(end));
      assertEquals(source.digest(), sha256Of(CONTENT));
      source.close();
    }
  }
});

Deno.test("HashedSource: hashes an empty file", async () => {
  using temp = new TempDir();
  const source = new HashedSource(new SourceFile(await store(temp, new Uint8Array(0))));
  assert(source.hashSlice(1, Infinity));
  assertEquals(source.digest(), sha256Of(""));
  source.close();
});

Deno.test("HashedSource: returns no hash of a file that changed", async () => {
  for (const change of Object.values(CHANGES)) {
    using temp = new TempDir();
    const file = await store(temp);
    const source = new HashedSource(new SourceFile(file));
    change(file.realPath);
    assertChanged(() => source.hashSlice(1e9, Infinity));
    source.close();
  }
});

Deno.test("HashedSource: returns no hash of a file that changed between hashing and reading", async () => {
  for (const change of Object.values(CHANGES)) {
    using temp = new TempDir();
    const file = await store(temp);
    const source = new HashedSource(new SourceFile(file));
    assert(source.hashSlice(1e9, 600));
    change(file.realPath);
    assertChanged(() => source.read(new Uint8Array(1_000)));
    source.close();
  }
});

Deno.test("SourceFile: reads a file that still arrives where it is, and where it is once it is whole", async () => {
  using temp = new TempDir();
  const { stamp } = await store(temp);
  const file = { realPath: temp.join("whole.bin"), arrivingPath: temp.join("a.bin"), stamp };
  Deno.truncateSync(temp.join("a.bin"), 600);
  const source = new SourceFile(file);
  const bytes = new Uint8Array(1_000);
  assertEquals(source.read(bytes.subarray(0, 600)), 600);
  Deno.writeFileSync(temp.join("a.bin"), CONTENT.subarray(600), { append: true });
  Deno.renameSync(temp.join("a.bin"), temp.join("whole.bin"));
  assertEquals(source.read(bytes.subarray(600)), 400);
  source.close();
  const late = new SourceFile(file);
  assertEquals(late.read(new Uint8Array(1_000)), 1_000);
  late.close();
  assertEquals(sha256Of(bytes), sha256Of(CONTENT));
});

Deno.test("SourceFile: fails where a file that still arrives is at neither place, or has fewer bytes", async () => {
  using temp = new TempDir();
  const { stamp } = await store(temp);
  const file = { realPath: temp.join("whole.bin"), arrivingPath: temp.join("a.bin"), stamp };
  Deno.truncateSync(temp.join("a.bin"), 600);
  const short = new SourceFile(file);
  assertChanged(() => short.read(new Uint8Array(1_000)));
  short.close();
  Deno.removeSync(temp.join("a.bin"));
  assertEquals(assertThrows(() => new SourceFile(file), RequestError).code, "not-found");
});
