import { assertEquals, assertRejects } from "@std/assert";
import { HashesAhead } from "../../lib/client/hashes_ahead.ts";
import type { LocalItem } from "../../lib/files/local_tree.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import type { LocalFiles, PackedLocal } from "../../lib/worker/batch_jobs.ts";
import { sha256Of } from "../helpers/bytes.ts";

function fileOf(name: string, sizeBytes = 1): LocalItem {
  return {
    type: "file",
    path: `/here/${name}`,
    remotePath: `to/${name}`,
    sizeBytes,
    modifiedMs: 0,
    within: "/here",
  };
}

/** All files are hashed, by their paths, but those that are named "lost". */
function packed({ paths }: LocalFiles): PackedLocal {
  const read = paths.flatMap((path, i) => path.endsWith("lost") ? [] : [i]);
  return {
    buffer: new ArrayBuffer(0),
    packed: read,
    sizes: read.map(() => 1),
    mtimes: read.map(() => 0),
    sha256: read.map((i) => sha256Of(paths[i]!)).join(""),
    exec: [],
  };
}

class Fixture {
  /** The paths of each group that was hashed. */
  readonly groups: (readonly string[])[] = [];
  readonly ahead = new HashesAhead((files) => {
    assertEquals(files.within, files.paths.map(() => "/here"));
    assertEquals(files.frameBytes, null);
    this.groups.push(files.paths);
    return Promise.resolve(packed(files));
  });

  /** What was hashed of a file; `undefined` if it was in no group. */
  async hashOf(name: string): Promise<string | null | undefined> {
    const hash = this.ahead.take(`to/${name}`);
    if (hash === null) return undefined;
    const hashed = (await hash.group)[hash.at];
    return hashed === null ? null : hashed?.sha256;
  }
}

Deno.test("HashesAhead: hashes what is found and listed, whichever comes first, and small", async () => {
  const fixture = new Fixture();
  const { ahead, groups } = fixture;
  ahead.list("to/a");
  ahead.list("to/elsewhere");
  const [largest, larger] = [LIMITS.batchFileBytes, LIMITS.batchFileBytes + 1];
  ahead.find([
    fileOf("a"),
    fileOf("b", largest),
    fileOf("c", larger),
    fileOf("new"),
    fileOf("lost"),
  ]);
  for (const name of ["b", "c", "lost"]) ahead.list(`to/${name}`);
  assertEquals(groups, []);
  ahead.end();
  assertEquals(groups, [["/here/a", "/here/b", "/here/lost"]]);
  assertEquals(await fixture.hashOf("a"), sha256Of("/here/a"));
  assertEquals(await fixture.hashOf("a"), undefined, "it was taken");
  assertEquals(await fixture.hashOf("b"), sha256Of("/here/b"));
  assertEquals(await fixture.hashOf("lost"), null);
  assertEquals(await fixture.hashOf("new"), undefined);
});

Deno.test("HashesAhead: hashes as many files at a time as go into a request", () => {
  const { ahead, groups } = new Fixture();
  const names = Array.from({ length: LIMITS.batchFiles + 1 }, (_, i) => `f${i}`);
  ahead.find(names.map((name) => fileOf(name)));
  for (const [i, name] of names.entries()) {
    assertEquals(groups.length, 0, `${i}`);
    ahead.list(`to/${name}`);
  }
  assertEquals(groups.map(({ length }) => length), [LIMITS.batchFiles]);
  ahead.end();
  assertEquals(groups.map(({ length }) => length), [LIMITS.batchFiles, 1]);
});

Deno.test("HashesAhead: a group that fails is told where one of its files is taken", async () => {
  const ahead = new HashesAhead(() => Promise.reject(new Error("lost")));
  ahead.find([fileOf("a")]);
  ahead.list("to/a");
  ahead.end();
  await assertRejects(() => ahead.take("to/a")!.group, Error, "lost");
});
