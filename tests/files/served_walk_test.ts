import { assertEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import {
  ENTRIES_PER_LOOK,
  lookAtServed,
  readServedNames,
  type ServedLooks,
} from "../../lib/files/served_walk.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Looks here, and counts that. */
function countedLooks(store: DirectoryStore) {
  const counts = { folders: 0, entries: 0, largest: 0 };
  const looks: ServedLooks = {
    names: (path) => {
      counts.folders++;
      return Promise.resolve(readServedNames(store.folder, path));
    },
    entries: (path, names) => {
      const { length } = names.split("\0");
      counts.entries += length;
      counts.largest = Math.max(counts.largest, length);
      return Promise.resolve(lookAtServed(store.folder, path, names));
    },
  };
  return { counts, looks };
}

async function walked(store: DirectoryStore, looks: ServedLooks): Promise<string[]> {
  const paths = await Array.fromAsync(store.walk(looks), ({ path }) => path);
  return paths.sort();
}

Deno.test("walkServed: looks at each entry of a chain of folders once", async () => {
  using temp = new TempDir();
  const depth = 100;
  const store = await DirectoryStore.open(temp.path);
  for (let i = 0; i < depth; i++) temp.write(`${"d/".repeat(i)}f`, "x");
  const { counts, looks } = countedLooks(store);
  assertEquals((await walked(store, looks)).length, depth);
  assertEquals([counts.folders, counts.entries], [depth, 2 * depth - 1]);
});

Deno.test("walkServed: looks at a large folder piece by piece, none of its files left out", async () => {
  using temp = new TempDir();
  const store = await DirectoryStore.open(temp.path);
  const names = Array.from({ length: ENTRIES_PER_LOOK + 1 }, (_, i) => `f${i}`);
  for (const name of names) temp.write(name, "");
  const { counts, looks } = countedLooks(store);
  assertEquals(await walked(store, looks), names.sort());
  assertEquals(counts.largest, ENTRIES_PER_LOOK);
});

Deno.test("walkServed: tells the stamp that a lookup finds", async () => {
  using temp = new TempDir();
  temp.write("sub/a.bin", "12345");
  Deno.utimeSync(temp.join("sub/a.bin"), 1_000, 1_000.5);
  const store = await DirectoryStore.open(temp.path);
  const [file] = await Array.fromAsync(store.walk());
  assertEquals(file?.stamp, (await store.find("sub/a.bin")).stamp);
});
