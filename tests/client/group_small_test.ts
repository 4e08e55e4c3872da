import { assertEquals } from "@std/assert";
import { groupSmall } from "../../lib/client/group_small.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

const ALL = () => true;

/** The ranks in each group, and those of the others. */
function ranksOf(
  sizes: readonly number[],
  placeOf = (i: number) => `${i}`,
  takes: (() => boolean) | undefined = ALL,
) {
  const tasks = sizes.map((sizeBytes, i) => ({ sizeBytes, place: placeOf(i) }));
  const look = {
    sizeOf: ({ sizeBytes }: typeof tasks[number]) => sizeBytes,
    placeOf: ({ place }: typeof tasks[number]) => place,
  };
  return groupSmall(tasks, takes === undefined ? look : { ...look, takes });
}

Deno.test("groupSmall: leaves large files, and those that may not be moved together, out", () => {
  const sizes = [1, LIMITS.batchFileBytes, LIMITS.batchFileBytes + 1, 0];
  assertEquals(ranksOf(sizes), { groups: [[0, 1, 3]], others: [2] });
  assertEquals(ranksOf([1, 2], undefined, () => false).others.length, 2);
});

Deno.test("groupSmall: keeps within the files and bytes of a batch", () => {
  const count = LIMITS.batchFiles;
  const lengths = (files: number) =>
    ranksOf(new Array(files).fill(1)).groups.map(({ length }) => length);
  assertEquals([lengths(count - 1), lengths(count)], [[count - 1], [count]]);
  assertEquals(lengths(count + 2), [count, 2]);
  const half = LIMITS.batchFileBytes;
  const full = Math.floor(LIMITS.batchBytes / half);
  const rest = LIMITS.batchBytes - full * half;
  const filled = new Array(full).fill(half);
  assertEquals(ranksOf([...filled, rest, 0]).groups.length, 1);
  assertEquals(ranksOf([...filled, rest + 1, 0]).groups.map(({ length }) => length), [full, 2]);
});

Deno.test("groupSmall: leaves files of the same place, and a single file, on their own", () => {
  assertEquals(ranksOf([1, 1, 1, 1], (i) => `${i % 3}`), { groups: [[1, 2]], others: [0, 3] });
  assertEquals(ranksOf([1]), { groups: [], others: [0] });
});
