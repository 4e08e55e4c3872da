import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  commitName,
  type ConflictPolicy,
  LARGEST_NUMBER,
  numberedName,
} from "../../lib/files/commit_name.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const POLICIES: ConflictPolicy[] = ["replace", "number", "refuse"];
const onUnix = { ignore: Deno.build.os === "windows" };

/** Commits a new file with the content "new" as "a.txt"; its final name, or `null`. */
function commit(temp: TempDir, ifTaken: ConflictPolicy): string | null {
  const from = temp.write("new.part", "new");
  const path = commitName(from, { directory: temp.path, name: "a.txt", ifTaken });
  if (path === null) {
    assertEquals(Deno.readTextFileSync(from), "new"); // Still there
    return null;
  }
  assertEquals(Deno.readTextFileSync(path), "new");
  assert(!temp.list().includes("new.part"));
  return path.slice(temp.path.length + 1);
}

/** Makes `link` fail until disposed of, as on some file systems. */
class FailingLinks implements Disposable {
  readonly #original = Deno.linkSync;

  constructor(errorOf: (to: string) => Error) {
    Deno.linkSync = (_from, to) => {
      throw errorOf(to);
    };
  }

  /** Every link fails with the same code. */
  static refuse(code: string): FailingLinks {
    return new FailingLinks(() => Object.assign(new Error("no links here"), { code }));
  }

  [Symbol.dispose](): void {
    Deno.linkSync = this.#original;
  }
}

Deno.test("commitName: uses a free name under every policy", () => {
  for (const ifTaken of POLICIES) {
    using temp = new TempDir();
    assertEquals(commit(temp, ifTaken), "a.txt");
    assertEquals(temp.list(), ["a.txt"]);
  }
});

Deno.test("commitName: replaces the file, numbers the name, or refuses when a file has the name", () => {
  for (const [ifTaken, name] of [["replace", "a.txt"], ["number", "a (1).txt"], ["refuse", null]]) {
    using temp = new TempDir();
    temp.write("a.txt", "old");
    assertEquals(commit(temp, ifTaken as ConflictPolicy), name ?? null);
    const kept = ifTaken === "replace" ? "new" : "old";
    assertEquals(Deno.readTextFileSync(temp.join("a.txt")), kept);
  }
});

Deno.test("numberedName: cuts the stem of a long name, never a character or the extension", () => {
  for (const character of ["a", "é", "😀"]) {
    const bytes = new TextEncoder().encode(character).length;
    const name = `${character.repeat(Math.floor(251 / bytes))}.txt`;
    const numbered = numberedName(name, 9_999);
    assert(numbered.endsWith(`${character} (9999).txt`), numbered);
    const length = new TextEncoder().encode(numbered).length;
    assert(length <= 255 && length > 255 - bytes, `${length} bytes`);
  }
});

Deno.test("commitName: never replaces a folder", () => {
  using temp = new TempDir();
  temp.write("a.txt/x", "x");
  assertThrows(() => commit(temp, "replace"));
  assertEquals(temp.list(), ["a.txt", "new.part"]);
  assertEquals(commit(temp, "refuse"), null);
  assertEquals(commit(temp, "number"), "a (1).txt");
  assertEquals(temp.list("a.txt"), ["x"]);
});

Deno.test({
  name: "commitName: treats a dangling link as a taken name, and replaces the link itself",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    Deno.symlinkSync(temp.join("nothing"), temp.join("a.txt"));
    assertEquals(commit(temp, "refuse"), null);
    assertEquals(commit(temp, "number"), "a (1).txt");
    assertEquals(commit(temp, "replace"), "a.txt");
    assert(!Deno.lstatSync(temp.join("a.txt")).isSymlink);
    assertEquals(temp.list(), ["a (1).txt", "a.txt"]);
  },
});

Deno.test("commitName: returns null when every number is taken", () => {
  using temp = new TempDir();
  const tried: string[] = [];
  using _links = new FailingLinks((to) => {
    tried.push(to.slice(temp.path.length + 1));
    return new Deno.errors.AlreadyExists("taken");
  });
  assertEquals(commit(temp, "number"), null);
  assertEquals(tried.length, LARGEST_NUMBER + 1);
  assertEquals([tried[0], tried[1], tried.at(-1)], ["a.txt", "a (1).txt", "a (9999).txt"]);
});

Deno.test("commitName: behaves the same under every policy without hard links", () => {
  for (const code of ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]) {
    using temp = new TempDir();
    using _noLinks = FailingLinks.refuse(code);
    assertEquals(commit(temp, "refuse"), "a.txt");
    assertEquals(commit(temp, "refuse"), null);
    assertEquals(commit(temp, "number"), "a (1).txt");
    assertEquals(commit(temp, "number"), "a (2).txt");
    assertEquals(commit(temp, "replace"), "a.txt");
  }
});

Deno.test("commitName: throws any other error of the system, and leaves the file in place", () => {
  using temp = new TempDir();
  using _noLinks = FailingLinks.refuse("EIO");
  for (const ifTaken of ["number", "refuse"] as const) {
    assertThrows(() => commit(temp, ifTaken), Error, "no links here");
    assertEquals(temp.list(), ["new.part"]);
  }
});

Deno.test("commitName: throws when the file or the folder is missing", () => {
  using temp = new TempDir();
  for (const ifTaken of POLICIES) {
    const gone = { directory: temp.path, name: "a.txt", ifTaken };
    assertThrows(() => commitName(temp.join("nothing"), gone), Deno.errors.NotFound);
    const from = temp.write("new.part", "new");
    const nowhere = { directory: temp.join("nowhere"), name: "a.txt", ifTaken };
    assertThrows(() => commitName(from, nowhere), Deno.errors.NotFound);
    assertEquals(temp.list(), ["new.part"]);
  }
});
