import { assert, assertEquals, assertThrows } from "@std/assert";
import { commitName, type ConflictPolicy, LARGEST_NUMBER } from "../../lib/files/commit_name.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const POLICIES: ConflictPolicy[] = ["replace", "number", "refuse"];
const onUnix = { ignore: Deno.build.os === "windows" };

/** Places a new file of the content "new" as "a.txt"; the name that it got, or `null`. */
function place(temp: TempDir, ifTaken: ConflictPolicy): string | null {
  const from = temp.write("new.part", "new");
  const path = commitName(from, { directory: temp.path, name: "a.txt", ifTaken });
  if (path === null) {
    assertEquals(Deno.readTextFileSync(from), "new"); // It is where it was
    return null;
  }
  assertEquals(Deno.readTextFileSync(path), "new");
  assert(!temp.list().includes("new.part"));
  return path.slice(temp.path.length + 1);
}

/** Has the system refuse hard links while it is there, as some file systems do. */
class OtherLinks implements Disposable {
  readonly #original = Deno.linkSync;

  constructor(errorOf: (to: string) => Error) {
    Deno.linkSync = (_from, to) => {
      throw errorOf(to);
    };
  }

  /** Refuses all with the same code. */
  static refuse(code: string): OtherLinks {
    return new OtherLinks(() => Object.assign(new Error("no links here"), { code }));
  }

  [Symbol.dispose](): void {
    Deno.linkSync = this.#original;
  }
}

Deno.test("a free name is taken under every policy", () => {
  for (const ifTaken of POLICIES) {
    using temp = new TempDir();
    assertEquals(place(temp, ifTaken), "a.txt");
    assertEquals(temp.list(), ["a.txt"]);
  }
});

Deno.test("a file that has the name is replaced, left beside NAME (1), or left alone", () => {
  for (const [ifTaken, name] of [["replace", "a.txt"], ["number", "a (1).txt"], ["refuse", null]]) {
    using temp = new TempDir();
    temp.write("a.txt", "old");
    assertEquals(place(temp, ifTaken as ConflictPolicy), name ?? null);
    const kept = ifTaken === "replace" ? "new" : "old";
    assertEquals(Deno.readTextFileSync(temp.join("a.txt")), kept);
  }
});

Deno.test("a folder that has the name is replaced by nothing", () => {
  using temp = new TempDir();
  temp.write("a.txt/x", "x");
  assertThrows(() => place(temp, "replace"));
  assertEquals(temp.list(), ["a.txt", "new.part"]);
  assertEquals(place(temp, "refuse"), null);
  assertEquals(place(temp, "number"), "a (1).txt");
  assertEquals(temp.list("a.txt"), ["x"]);
});

Deno.test({
  name: "a dead link that has the name counts as taken, and is what is replaced",
  ...onUnix,
  fn: () => {
    using temp = new TempDir();
    Deno.symlinkSync(temp.join("nothing"), temp.join("a.txt"));
    assertEquals(place(temp, "refuse"), null);
    assertEquals(place(temp, "number"), "a (1).txt");
    assertEquals(place(temp, "replace"), "a.txt");
    assert(!Deno.lstatSync(temp.join("a.txt")).isSymlink);
    assertEquals(temp.list(), ["a (1).txt", "a.txt"]);
  },
});

Deno.test("when every number is taken, so is the name", () => {
  using temp = new TempDir();
  const tried: string[] = [];
  using _links = new OtherLinks((to) => {
    tried.push(to.slice(temp.path.length + 1));
    return new Deno.errors.AlreadyExists("taken");
  });
  assertEquals(place(temp, "number"), null);
  assertEquals(tried.length, LARGEST_NUMBER + 1);
  assertEquals([tried[0], tried[1], tried.at(-1)], ["a.txt", "a (1).txt", "a (9999).txt"]);
});

Deno.test("where there are no hard links, every policy does the same", () => {
  for (const code of ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]) {
    using temp = new TempDir();
    using _noLinks = OtherLinks.refuse(code);
    assertEquals(place(temp, "refuse"), "a.txt");
    assertEquals(place(temp, "refuse"), null);
    assertEquals(place(temp, "number"), "a (1).txt");
    assertEquals(place(temp, "number"), "a (2).txt");
    assertEquals(place(temp, "replace"), "a.txt");
  }
});

Deno.test("any other failure of the system is thrown, and the file is where it was", () => {
  using temp = new TempDir();
  using _noLinks = OtherLinks.refuse("EIO");
  for (const ifTaken of ["number", "refuse"] as const) {
    assertThrows(() => place(temp, ifTaken), Error, "no links here");
    assertEquals(temp.list(), ["new.part"]);
  }
});

Deno.test("a file that is gone, or a folder that is not there, is thrown", () => {
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
