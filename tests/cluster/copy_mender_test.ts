import { assertEquals } from "@std/assert";
import { CopyMender, type CopyMenderOptions } from "../../lib/cluster/copy_mender.ts";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { CatalogueCopies } from "../../lib/files/catalogue_copies.ts";
import { CatalogueRows } from "../../lib/files/catalogue_rows.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { Holdings } from "../../lib/files/holdings.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { NEVER } from "../helpers/sending.ts";

const OWN = "aaaaaaaa";
const STAMP = { sizeBytes: 5, modifiedMs: 1, changedMs: 2, inode: 3 };

/** A catalogue whose files one server holds, with what its mender does. Disposal closes the database. */
class Scene implements Disposable {
  readonly #database = openDatabase(IN_MEMORY);
  readonly holdings = new Holdings(this.#database);
  readonly copies = new CatalogueCopies(this.#database);
  readonly #changes = new CatalogueChanges(this.#database);
  /** What has happened, in its order. */
  readonly done: string[] = [];
  /** What the next attempt to restore a file fails with. */
  failure: Error | null = null;

  /** Adds a file that is wrong. @param content the same for copies of one another */
  addWrong(path: string, content = path): void {
    const sha256 = sha256Of(content);
    const file = { size: 5, mtimeMs: 1, sha256, isExecutable: false };
    this.#changes.put(path, file, { replace: false, former: null }, 1);
    this.copies.add(sha256, OWN);
    this.holdings.set(path, { stamp: STAMP, sha256, checkedMs: 1, isWrong: true });
  }

  remove(path: string): void {
    this.#changes.remove(path, 1);
  }

  mender(overrides: Partial<CopyMenderOptions> = {}): CopyMender {
    return new CopyMender({
      serverId: OWN,
      log: { append: (entry) => this.#append(entry) as never },
      holdings: this.holdings,
      rows: new CatalogueRows(this.#database),
      copies: this.copies,
      restore: ({ path }) => {
        if (this.failure !== null) return Promise.reject(this.failure);
        this.done.push(`restore ${path}`);
        this.holdings.setChecked(path, 2, false);
        return Promise.resolve();
      },
      onMended: ({ path }) => this.done.push(`mended ${path}`),
      onFailed: ({ path }, error) => this.done.push(`failed ${path}: ${(error as Error).message}`),
      ...overrides,
    });
  }

  #append({ kind, ...entry }: { readonly kind: string }): Promise<Record<never, never>> {
    const { contents } = entry as unknown as { readonly contents: readonly string[] };
    for (const sha256 of contents) {
      if (kind === "have") this.copies.add(sha256, OWN);
      else this.copies.remove(sha256, OWN);
      this.done.push(kind);
    }
    return Promise.resolve({});
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

Deno.test("CopyMender: tells that a copy is lost, restores it, and tells that it is there", async () => {
  using scene = new Scene();
  scene.addWrong("a");
  await scene.mender().look(NEVER);
  assertEquals(scene.done, ["lost", "restore a", "mended a", "have"]);
  assertEquals(scene.copies.holdersOf(sha256Of("a")), [OWN]);
  await scene.mender().look(NEVER);
  assertEquals(scene.done.length, 4);
});

Deno.test("CopyMender: what cannot be had is told once, tried at each look, and lost meanwhile", async () => {
  using scene = new Scene();
  scene.addWrong("a");
  scene.failure = new RequestError("busy", "nobody has it", { reason: "no-copy" });
  const mender = scene.mender();
  for (let i = 0; i < 3; i++) await mender.look(NEVER);
  assertEquals(scene.done, ["lost", "failed a: nobody has it"]);
  assertEquals(scene.copies.holdersOf(sha256Of("a")), []);
  scene.failure = null;
  await mender.look(NEVER);
  assertEquals(scene.done.slice(2), ["restore a", "mended a", "have"]);
});

Deno.test("CopyMender: a copy that has come otherwise is no failure", async () => {
  using scene = new Scene();
  scene.addWrong("a");
  const restore = () => {
    scene.holdings.setChecked("a", 2, false);
    return Promise.reject(new Error("it is taken"));
  };
  await scene.mender({ restore }).look(NEVER);
  assertEquals(scene.done, ["lost"]);
});

Deno.test("CopyMender: a content is not lost where another file here has it", async () => {
  using scene = new Scene();
  scene.addWrong("a", "same");
  scene.addWrong("b", "same");
  scene.holdings.setChecked("b", 2, false);
  await scene.mender().look(NEVER);
  assertEquals(scene.done, ["restore a", "mended a"]);
});

Deno.test("CopyMender: leaves a file to the look at the folder that the catalogue has not", async () => {
  using scene = new Scene();
  scene.addWrong("a");
  scene.remove("a");
  await scene.mender().look(NEVER);
  assertEquals(scene.done, []);
});

Deno.test("CopyMender: one file that fails does not hold up the others", async () => {
  using scene = new Scene();
  for (let i = 0; i < 150; i++) scene.addWrong(`f${1_000 + i}`);
  await scene.mender({
    restore: ({ path }) => {
      if (path !== "f1000") scene.holdings.setChecked(path, 2, false);
      return path === "f1000" ? Promise.reject(new Error("no")) : Promise.resolve();
    },
  }).look(NEVER);
  assertEquals(scene.holdings.wrong("", 9).map(({ path }) => path), ["f1000"]);
  assertEquals(scene.done.filter((what) => what.startsWith("mended")).length, 149);
});

Deno.test("CopyMender: looks as soon as a file is wrong", async () => {
  using scene = new Scene();
  const end = new AbortController();
  const mended = Promise.withResolvers<void>();
  const mender = scene.mender({ onMended: () => mended.resolve() });
  const running = mender.run(end.signal);
  scene.addWrong("a");
  mender.mendSoon();
  await mended.promise;
  end.abort();
  await running;
});
