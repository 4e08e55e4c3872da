import { assertEquals, assertRejects } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { makeServedFolder, type NewFolder } from "../../lib/files/new_folder.ts";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import { UploadStore } from "../../lib/files/upload_store.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TempDir } from "./temp_dir.ts";

/** A served folder `root`, which can have siblings. */
export class UploadFixture implements Disposable {
  readonly temp = new TempDir();
  readonly root = this.temp.join("root");

  /** Creates the files, each with its path as its content. */
  constructor(...files: string[]) {
    Deno.mkdirSync(this.root);
    for (const path of files) this.temp.write(path, path);
  }

  /** The names in the private folder of the root, sorted; none if there is no such folder. */
  get parts(): string[] {
    const prefix = ".tcp-chat/";
    return this.temp.list("root").filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  async uploads(): Promise<UploadStore> {
    return new UploadStore(await DirectoryStore.open(this.root));
  }

  /** Makes a folder as MKDR does. */
  async makeFolder(path: string, allowed = path): Promise<NewFolder> {
    const { folder } = await DirectoryStore.open(this.root);
    return makeServedFolder(new PathResolver(), folder, path, allowed);
  }

  /** The path of an upload, relative to the root. */
  async place(path: string, replace = false): Promise<string> {
    const { directory, name } = await (await this.uploads()).resolve(path, replace);
    return `${directory}/${name}`.slice(this.root.length + 1);
  }

  async assertRefused(path: string, code: string, replace = false): Promise<void> {
    const error = await assertRejects(() => this.place(path, replace), RequestError);
    assertEquals(error.code, code, path);
  }

  [Symbol.dispose](): void {
    this.temp[Symbol.dispose]();
  }
}
