/** The content of the files of a folder by path. */
export type Tree = Map<string, Uint8Array>;

type Call = (this: unknown, ...args: unknown[]) => unknown;

const FUNCTIONS = "link mkdir open remove rename truncate utime writeFile writeTextFile".split(" ");
const METHODS = "sync syncData truncate utime write".split(" ");

/**
 * Records all changes that this thread makes to a folder, and which of them a power cut can undo:
 * content since the last sync of its file, and names since the last sync of their folder. The
 * content at the beginning counts as synced. Disposal stops the recording.
 */
export class PowerCut implements Disposable {
  readonly #root: string;
  readonly #onCall: (name: string) => void;
  readonly #originals: Array<() => void> = [];
  /** By inode: the content of a file, and its content at the last sync. */
  readonly #content = new Map<number, Uint8Array>();
  readonly #syncedContent = new Map<number, Uint8Array>();
  /** By inode: the entries of a folder, and its entries at the last sync. */
  readonly #names = new Map<number, Map<string, number>>();
  readonly #syncedNames = new Map<number, Map<string, number>>();

  /** @param onCall called after each call that may have changed the folder */
  constructor(root: string, onCall: (name: string) => void) {
    this.#root = root;
    this.#onCall = onCall;
    this.#scan(root);
    for (const [inode, content] of this.#content) this.#syncedContent.set(inode, content);
    for (const [inode, names] of this.#names) this.#syncedNames.set(inode, names);
    this.#wrap(Deno, FUNCTIONS);
    this.#wrap(Deno.FsFile.prototype, METHODS);
  }

  /**
   * The four possible results of a power cut now: names and content each with or without unsynced
   * changes.
   */
  get outcomes(): Tree[] {
    return [this.#names, this.#syncedNames].flatMap((names) =>
      [this.#content, this.#syncedContent].map((content) => {
        const tree: Tree = new Map();
        addFiles(tree, "", Deno.statSync(this.#root).ino!, { names, content });
        return tree;
      })
    );
  }

  [Symbol.dispose](): void {
    for (const restore of this.#originals) restore();
  }

  #wrap(owner: object, wanted: string[]): void {
    const calls = owner as Record<string, Call>;
    for (const name of [...wanted, ...wanted.map((name) => `${name}Sync`)]) {
      const original = calls[name]!;
      this.#originals.push(() => void (calls[name] = original));
      const isSync = /^sync/.test(name);
      const onCall = (file: unknown) => {
        this.#scan(this.#root);
        if (isSync) this.#sync((file as Deno.FsFile).statSync().ino!);
        this.#onCall(name);
      };
      calls[name] = function (...args) {
        const result = original.apply(this, args);
        if (!(result instanceof Promise)) onCall(this);
        return result instanceof Promise ? result.finally(() => onCall(this)) : result;
      };
    }
  }

  #sync(inode: number): void {
    const names = this.#names.get(inode);
    if (names !== undefined) this.#syncedNames.set(inode, names);
    const content = this.#content.get(inode);
    if (content !== undefined) this.#syncedContent.set(inode, content);
  }

  #scan(folder: string): void {
    const names = new Map<string, number>();
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      const inode = Deno.lstatSync(path).ino!;
      names.set(name, inode);
      if (isDirectory) this.#scan(path);
      else this.#content.set(inode, Deno.readFileSync(path));
    }
    this.#names.set(Deno.statSync(folder).ino!, names);
  }
}

function addFiles(
  tree: Tree,
  path: string,
  inode: number,
  disk: {
    readonly names: Map<number, Map<string, number>>;
    readonly content: Map<number, Uint8Array>;
  },
): void {
  for (const [name, child] of disk.names.get(inode) ?? []) {
    const below = path === "" ? name : `${path}/${name}`;
    const isFolder = disk.names.has(child);
    if (isFolder) addFiles(tree, below, child, disk);
    else tree.set(below, disk.content.get(child) ?? new Uint8Array(0));
  }
}
