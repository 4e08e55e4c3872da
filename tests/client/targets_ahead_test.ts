import { assertEquals } from "@std/assert";
import { TargetsAhead, targetsOf } from "../../lib/client/targets_ahead.ts";
import type { BatchTargets, TargetsFound } from "../../lib/files/inspect_targets.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

const OPTIONS = { base: "/base", replace: false };

/** What is found in this test: the names of the files. */
function foundOf({ files }: BatchTargets): TargetsFound {
  return { have: files, paths: [], alone: [], identities: [] };
}

function filesOf(from: number, to: number, sizeBytes = 1) {
  return Array.from({ length: to - from }, (_, i) => ({ file: `f${from + i}`, sizeBytes }));
}

Deno.test("TargetsAhead: looks at groups as large as a request, and at the last one at the end", async () => {
  const looked: number[] = [];
  const ahead = new TargetsAhead(OPTIONS, (targets) => {
    looked.push(targets.files.length);
    return Promise.resolve(foundOf(targets));
  });
  const all = filesOf(0, LIMITS.batchFiles + 1);
  const [last] = all.splice(-1);
  for (const file of all) ahead.add(file);
  assertEquals(looked, []);
  ahead.add(last!);
  assertEquals(looked, [LIMITS.batchFiles]);
  ahead.end();
  assertEquals(looked, [LIMITS.batchFiles, 1]);
  const targets = targetsOf(all, OPTIONS);
  assertEquals(await ahead.take(targets), foundOf(targets));
  assertEquals(await ahead.take(targets), null, "it was taken");
  const rest = targetsOf([last!], OPTIONS);
  assertEquals((await ahead.take(rest))?.have, [last!.file]);
});

Deno.test("TargetsAhead: what was found holds for the very same files only", async () => {
  const ahead = new TargetsAhead(OPTIONS, (targets) => Promise.resolve(foundOf(targets)));
  const group = filesOf(0, 3);
  for (const file of group) ahead.add(file);
  ahead.end();
  const others = [group.slice(0, 2), filesOf(0, 4), filesOf(1, 3), filesOf(0, 3, 2), []];
  for (const other of others) assertEquals(await ahead.take(targetsOf(other, OPTIONS)), null);
  assertEquals((await ahead.take(targetsOf(group, OPTIONS)))?.have, ["f0", "f1", "f2"]);
});

Deno.test("TargetsAhead: what could not be looked at counts as not looked at", async () => {
  const ahead = new TargetsAhead(OPTIONS, () => Promise.reject(new Error("lost")));
  ahead.add({ file: "a", sizeBytes: 1 });
  ahead.end();
  assertEquals(await ahead.take(targetsOf([{ file: "a", sizeBytes: 1 }], OPTIONS)), null);
});

Deno.test("TargetsAhead: looks at sixteen groups at once, and keeps what is found of 256", async () => {
  let looked = 0;
  let done = Promise.withResolvers<void>();
  const ahead = new TargetsAhead(OPTIONS, async (targets) => {
    looked++;
    await done.promise;
    return foundOf(targets);
  });
  const groups = (from: number, count: number) =>
    filesOf(from * LIMITS.batchFiles, (from + count) * LIMITS.batchFiles);
  for (const file of groups(0, 18)) ahead.add(file);
  assertEquals(looked, 16);
  done.resolve();
  done = Promise.withResolvers();
  done.resolve();
  for (let group = 18; group < 260; group++) {
    for (const file of groups(group, 1)) ahead.add(file);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(looked, 256);
});
