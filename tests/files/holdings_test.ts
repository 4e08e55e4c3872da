import { assertEquals } from "@std/assert";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { FOLDER_HOLDING, type Holding, Holdings } from "../../lib/files/holdings.ts";
import { sha256Of } from "../helpers/bytes.ts";

const STAMP = { sizeBytes: 5, modifiedMs: 1, changedMs: 2, inode: 3 };

/** Holdings of an empty database, which disposal closes. */
class Scene implements Disposable {
  readonly #database = openDatabase(IN_MEMORY);
  readonly holdings = new Holdings(this.#database);

  /** Adds files by their paths, each with a content of its own. */
  add(checked: Readonly<Record<string, number>>, overrides: Partial<Holding> = {}): void {
    for (const [path, checkedMs] of Object.entries(checked)) {
      const sha256 = sha256Of(path);
      this.holdings.set(path, { stamp: STAMP, sha256, checkedMs, isWrong: false, ...overrides });
    }
  }

  /** The paths of all files that are due, in their order. */
  due(beforeMs: number): string[] {
    const paths: string[] = [];
    for (let file = this.holdings.due(beforeMs, null); file !== null;) {
      paths.push(file.path);
      file = this.holdings.due(beforeMs, file);
    }
    return paths;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

Deno.test("Holdings: a file is due that was checked before a time, the one checked longest ago first", () => {
  using scene = new Scene();
  scene.add({ "d": 1_001, "b": 999, "c": 1_000, "z": 7, "y": 7, "a": 0 });
  scene.holdings.set("folder", FOLDER_HOLDING);
  assertEquals(scene.due(1_000), ["a", "y", "z", "b"]);
  assertEquals(scene.due(1_001), ["a", "y", "z", "b", "c"]);
  assertEquals(scene.due(0), []);
});

Deno.test("Holdings: a check is stored with its time and its outcome", () => {
  using scene = new Scene();
  scene.add({ "a": 0, "b": 0 });
  scene.holdings.setChecked("a", 500, true);
  const found = { stamp: STAMP, sha256: sha256Of("a"), checkedMs: 500, isWrong: true, path: "a" };
  assertEquals(scene.holdings.find("a"), found);
  assertEquals(scene.holdings.wrong("", 9), [found]);
  assertEquals(scene.holdings.wrong("a", 9), []);
  assertEquals(scene.due(501), ["b", "a"]);
  scene.holdings.setChecked("a", 600, false);
  assertEquals(scene.holdings.wrong("", 9), []);
});

Deno.test("Holdings: tell when the file was checked that was checked longest ago, and how many are wrong", () => {
  using scene = new Scene();
  scene.holdings.set("folder", FOLDER_HOLDING);
  assertEquals([scene.holdings.oldestCheckMs, scene.holdings.wrongCount], [null, 0]);
  scene.add({ "a": 700, "b": 600, "c": 800 });
  assertEquals([scene.holdings.oldestCheckMs, scene.holdings.wrongCount], [600, 0]);
  scene.holdings.setChecked("b", 900, true);
  assertEquals([scene.holdings.oldestCheckMs, scene.holdings.wrongCount], [700, 1]);
  scene.holdings.doubt(sha256Of("c"));
  assertEquals([scene.holdings.oldestCheckMs, scene.holdings.wrongCount], [0, 1]);
});

Deno.test("Holdings: a file that is wrong does not count as a copy of its content", () => {
  using scene = new Scene();
  scene.add({ "a": 0, "b": 0 }, { sha256: sha256Of("same") });
  scene.holdings.setChecked("a", 500, true);
  const paths = scene.holdings.withHash(sha256Of("same"), 9).map(({ path }) => path);
  assertEquals(paths, ["b"]);
});

Deno.test("Holdings: files of a content that is in doubt come first, as do those that were checked later than now", () => {
  using scene = new Scene();
  scene.add({ "a": 300, "b": 400, "c": 500, "d": 501 });
  scene.holdings.doubt(sha256Of("b"));
  assertEquals(scene.due(1_000), ["b", "a", "c", "d"]);
  scene.holdings.doubt(sha256Of("a"), 300);
  scene.holdings.doubt(sha256Of("c"), 500);
  assertEquals(scene.due(1_000), ["b", "a", "c", "d"]);
  scene.holdings.doubt(sha256Of("c"), 501);
  assertEquals(scene.due(1_000), ["b", "c", "a", "d"]);
  scene.holdings.setChecked("c", 500, false);
  scene.holdings.doubtLaterThan(500);
  assertEquals(scene.due(1_000), ["b", "d", "a", "c"]);
});

Deno.test("Holdings: files that were wrong come first, unless they were checked after a time", () => {
  using scene = new Scene();
  scene.add({ "a": 300, "b": 400, "c": 300 });
  for (const [path, checkedMs] of [["b", 400], ["c", 500]] as const) {
    scene.holdings.setChecked(path, checkedMs, true);
  }
  scene.holdings.doubtWrong(400);
  assertEquals(scene.due(1_000), ["a", "b", "c"]);
  scene.holdings.doubtWrong(401);
  assertEquals(scene.due(1_000), ["b", "a", "c"]);
});

Deno.test("Holdings: a file in doubt comes before all that were never checked, and is due where no other is", () => {
  using scene = new Scene();
  scene.add({ "a": 0, "b": 400, "c": 0 });
  scene.holdings.doubt(sha256Of("b"));
  assertEquals(scene.due(0), ["b"]);
  assertEquals(scene.due(1), ["b", "a", "c"]);
  scene.holdings.setChecked("b", 500, false);
  assertEquals(scene.due(0), []);
});
