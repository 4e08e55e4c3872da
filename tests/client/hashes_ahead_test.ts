import { assertEquals } from "@std/assert";
import { HashesAhead } from "../../lib/client/hashes_ahead.ts";
import type { FoundFiles } from "../../lib/files/hash_found.ts";
import type { LocalItem } from "../../lib/files/local_tree.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
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
function hashesOf({ paths }: FoundFiles): (string | null)[] {
  return paths.map((path) => path.endsWith("lost") ? null : sha256Of(path));
}

class Fixture {
  /** The paths of each group that was hashed. */
  readonly groups: (readonly string[])[] = [];
  readonly ahead = new HashesAhead((files) => {
    assertEquals(files.sizes.length, files.paths.length);
    this.groups.push(files.paths);
    return Promise.resolve(hashesOf(files));
  });

  /** The hashes that are taken; `null` for none. */
  async hashesOf(...names: string[]): Promise<(string | null)[]> {
    return await this.ahead.take(names.map((name) => `to/${name}`));
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
  const [a, b] = ["/here/a", "/here/b"].map(sha256Of);
  assertEquals(await fixture.hashesOf("new", "b", "lost", "a"), [null, b, null, a]);
  assertEquals(await fixture.hashesOf("a"), [null], "it was taken");
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

Deno.test("HashesAhead: hashes sixteen groups at once, and those that come meanwhile not at all", async () => {
  let hashed = 0;
  const done = Promise.withResolvers<string[]>();
  const ahead = new HashesAhead(() => {
    hashed++;
    return done.promise;
  });
  const names = Array.from({ length: 18 * LIMITS.batchFiles }, (_, i) => `f${i}`);
  ahead.find(names.map((name) => fileOf(name)));
  for (const name of names) ahead.list(`to/${name}`);
  assertEquals(hashed, 16);
  done.resolve([]);
  await ahead.take(["to/f0"]);
  ahead.end();
  assertEquals(hashed, 17);
});

Deno.test("HashesAhead: the files of a group that fails count as not hashed", async () => {
  const ahead = new HashesAhead(() => Promise.reject(new Error("lost")));
  ahead.find([fileOf("a")]);
  ahead.list("to/a");
  ahead.end();
  assertEquals(await ahead.take(["to/a"]), [null]);
});
