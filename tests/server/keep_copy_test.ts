import { assertEquals, assertRejects } from "@std/assert";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { CatalogueRows } from "../../lib/files/catalogue_rows.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { HeldFiles } from "../../lib/files/held_files.ts";
import { HashIndex } from "../../lib/files/hash_index.ts";
import { Holdings } from "../../lib/files/holdings.ts";
import { findStored } from "../../lib/files/local_file.ts";
import { UploadStore } from "../../lib/files/upload_store.ts";
import type { ServerServices } from "../../lib/server/context/services.ts";
import { keepCopy, restoreCopy } from "../../lib/server/keep_copy.ts";
import type { Catalogue } from "../../lib/transfer/catalogue.ts";
import { FileHashes } from "../../lib/transfer/file_hashes.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { NEVER } from "../helpers/sending.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestPool } from "../helpers/workers.ts";

const RIGHT = patternedBytes(3_000, 1);
const WRONG = patternedBytes(3_000, 2);
const WRITTEN = "what the operator has written";
const CONTENT = { sha256: sha256Of(RIGHT), sizeBytes: RIGHT.length };

/** A server whose catalogue has `a.bin`, and another one that gives its content. Disposal ends both. */
class Scene implements Disposable {
  readonly root: TempDir;
  readonly #other = new TempDir();
  readonly #pool = new TestPool(1);
  readonly #database = openDatabase(IN_MEMORY);
  readonly #store: DirectoryStore;
  readonly #held: HeldFiles;
  /** Called while the content is on its way. */
  onFetch = (): void => {};

  private constructor(root: TempDir, store: DirectoryStore) {
    this.root = root;
    this.#store = store;
    this.#held = new HeldFiles(store, new Holdings(this.#database));
    const file = {
      size: RIGHT.length,
      mtimeMs: 1_000,
      sha256: CONTENT.sha256,
      isExecutable: false,
    };
    const how = { replace: false, former: null };
    new CatalogueChanges(this.#database).put("a.bin", file, how, 1);
    this.#other.write("content", RIGHT);
  }

  static async open(): Promise<Scene> {
    const root = new TempDir();
    return new Scene(root, await DirectoryStore.open(root.path));
  }

  /** What is at the path. */
  get content(): string {
    return Deno.readTextFileSync(this.root.join("a.bin"));
  }

  get services(): ServerServices {
    const contents = {
      open: async () => ({
        file: (await findStored(this.#other.join("content")))!,
        until: () => Promise.resolve(this.onFetch()),
        [Symbol.dispose]: () => {},
      }),
    };
    return {
      contents,
      uploads: new UploadStore(this.#store),
      pool: this.#pool,
      hashes: new FileHashes(new HashIndex(this.#database), this.#pool, () => {}),
    } as unknown as ServerServices;
  }

  get catalogue(): Catalogue {
    const clear = (path: string) => Deno.remove(this.root.join(path)).catch(() => {});
    const stored = () => Promise.resolve();
    const rows = new CatalogueRows(this.#database);
    return { rows, held: this.#held, clear, stored } as unknown as Catalogue;
  }

  /** Holds wrong bytes at the path of the catalogue. */
  async holdWrong() {
    this.root.write("a.bin", WRONG);
    const { stamp } = (await this.#held.lookAt("a.bin"))!;
    const holding = { stamp, sha256: CONTENT.sha256, checkedMs: 1, isWrong: true };
    this.#held.note("a.bin", holding);
    return { path: "a.bin", ...holding };
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
    this.#database.close();
    for (const folder of [this.root, this.#other]) folder[Symbol.dispose]();
  }
}

Deno.test("restoreCopy: puts right bytes in the place of wrong ones, unless the file is written meanwhile", async () => {
  using scene = await Scene.open();
  const wrong = await scene.holdWrong();
  scene.onFetch = () => scene.root.write("a.bin", WRITTEN);
  const restore = () => restoreCopy(scene.services, scene.catalogue, wrong, NEVER);
  assertEquals((await assertRejects(restore, DiskError)).code, "exists");
  assertEquals(scene.content, WRITTEN);
  scene.onFetch = () => {};
  assertEquals((await assertRejects(restore, DiskError)).code, "exists");
  const again = await scene.holdWrong();
  await restoreCopy(scene.services, scene.catalogue, again, NEVER);
  assertEquals(sha256Of(Deno.readFileSync(scene.root.join("a.bin"))), CONTENT.sha256);
});

Deno.test("keepCopy: leaves a file alone that gets the path of the copy while that is on its way", async () => {
  using scene = await Scene.open();
  scene.onFetch = () => scene.root.write("a.bin", WRITTEN);
  const keep = () => keepCopy(scene.services, scene.catalogue, CONTENT, NEVER);
  assertEquals((await assertRejects(keep, DiskError)).code, "exists");
  assertEquals(scene.content, WRITTEN);
  Deno.removeSync(scene.root.join("a.bin"));
  scene.onFetch = () => {};
  await keep();
  assertEquals(sha256Of(Deno.readFileSync(scene.root.join("a.bin"))), CONTENT.sha256);
});
