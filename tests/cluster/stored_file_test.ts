import { assertEquals } from "@std/assert";
import type { ClusterCatalogueParts } from "../../lib/cluster/cluster_catalogue.ts";
import { ClusterCatalogue } from "../../lib/cluster/cluster_catalogue.ts";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { CatalogueRows } from "../../lib/files/catalogue_rows.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import type { FileStamp } from "../../lib/files/file_stamp.ts";
import { HeldFiles } from "../../lib/files/held_files.ts";
import { Holdings } from "../../lib/files/holdings.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A catalogue of one file, `a`, and the served folder that it lies in. Disposal removes both. */
class Scene implements Disposable {
  readonly root = new TempDir();
  readonly #database = openDatabase(IN_MEMORY);
  readonly settled: string[] = [];
  readonly held: HeldFiles;
  readonly catalogue: ClusterCatalogue;

  private constructor(root: TempDir, store: DirectoryStore) {
    this.root = root;
    this.held = new HeldFiles(store, new Holdings(this.#database));
    this.catalogue = new ClusterCatalogue({
      held: this.held,
      rows: new CatalogueRows(this.#database),
      log: { on: () => ({ [Symbol.dispose]: () => {} }) },
      sync: { settle: (path: string) => Promise.resolve(this.settled.push(path)) },
      onError: () => {},
    } as unknown as ClusterCatalogueParts);
  }

  static async open(): Promise<Scene> {
    const root = new TempDir();
    return new Scene(root, await DirectoryStore.open(root.path));
  }

  /** The catalogue gives the path a content. */
  put(content: string): void {
    const sha256 = sha256Of(content);
    const file = { size: content.length, mtimeMs: 1, sha256, isExecutable: false };
    new CatalogueChanges(this.#database).put("a", file, { replace: true, former: null }, 1);
  }

  /** Writes the file; returns its state. */
  async write(content: string): Promise<FileStamp> {
    this.root.write("a", content);
    return (await this.held.lookAt("a"))!.stamp;
  }

  [Symbol.dispose](): void {
    this.#database.close();
    this.root[Symbol.dispose]();
  }
}

Deno.test("ClusterCatalogue.stored: a file that is written at once is held as it was stored", async () => {
  using scene = await Scene.open();
  scene.put("stored");
  const stamp = await scene.write("stored");
  await scene.write("written since");
  await scene.catalogue.stored("a", sha256Of("stored"), stamp);
  const holding = scene.held.holdings.find("a")!;
  assertEquals([holding.stamp, holding.sha256], [stamp, sha256Of("stored")]);
});

Deno.test("ClusterCatalogue.stored: a copy does not count that an upload has taken the place of", async () => {
  using scene = await Scene.open();
  scene.put("the copy");
  const copied = await scene.write("the copy");
  scene.put("the upload");
  const uploaded = await scene.write("the upload");
  await scene.catalogue.stored("a", sha256Of("the upload"), uploaded);
  await scene.catalogue.stored("a", sha256Of("the copy"), copied);
  const holding = scene.held.holdings.find("a")!;
  assertEquals([holding.stamp, holding.sha256], [uploaded, sha256Of("the upload")]);
  await scene.catalogue.settled();
  assertEquals(scene.settled, []);
});

Deno.test("ClusterCatalogue.stored: a file whose path the catalogue has otherwise by then is settled", async () => {
  using scene = await Scene.open();
  scene.put("stored");
  const stamp = await scene.write("stored");
  scene.put("put elsewhere");
  await scene.catalogue.stored("a", sha256Of("stored"), stamp);
  await scene.catalogue.settled();
  assertEquals(scene.settled, ["a"]);
  assertEquals(scene.held.holdings.find("a")!.sha256, sha256Of("stored"));
});

Deno.test("ClusterCatalogue.stored: a file is held whose path has got its former content back by then", async () => {
  using scene = await Scene.open();
  scene.put("former");
  await scene.catalogue.stored("a", sha256Of("former"), await scene.write("former"));
  scene.put("stored");
  const stamp = await scene.write("stored");
  scene.put("former");
  await scene.catalogue.stored("a", sha256Of("stored"), stamp);
  await scene.catalogue.settled();
  assertEquals([scene.held.holdings.find("a")!.stamp, scene.settled], [stamp, ["a"]]);
});
