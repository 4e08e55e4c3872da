/** What is in a folder, or would be: the content of each file by its path. */
export type Tree = Map<string, Uint8Array>;

type Call = (this: unknown, ...args: unknown[]) => unknown;

const FUNCTIONS = "link mkdir open remove rename truncate utime writeFile writeTextFile".split(" ");
const METHODS = "sync syncData truncate utime write".split(" ");

/**
 * Watches all that this thread does to a folder, and keeps apart what a cut
 * of the power could take back: content since the last sync of its file, and names since the last
 * sync of their folder. What is there when it begins counts as synced. Disposal ends it.
 */
export class PowerCut implements Disposable {
  readonly #root: string;
  readonly #onCall: (name: string) => void;
  readonly #originals: Array<() => void> = [];
  /** By the number of the file: what it holds, and held when it was synced. */
  readonly #content = new Map<number, Uint8Array>();
  readonly #syncedContent = new Map<number, Uint8Array>();
  /** By the number of the folder: the numbers of what is in it, and was when it was synced. */
  readonly #names = new Map<number, Map<string, number>>();
  readonly #syncedNames = new Map<number, Map<string, number>>();

  /** @param onCall called after each call that may have changed something */
  constructor(root: string, onCall: (name: string) => void) {
    this.#root = root;
    this.#onCall = onCall;
    this.#look(root);
    for (const [number, content] of this.#content) this.#syncedContent.set(number, content);
    for (const [number, names] of this.#names) this.#syncedNames.set(number, names);
    this.#wrap(Deno, FUNCTIONS);
    this.#wrap(Deno.FsFile.prototype, METHODS);
  }

  /** What a cut may leave now: all four, with what is not synced or without, names and content. */
  get outcomes(): Tree[] {
    return [this.#names, this.#syncedNames].flatMap((names) =>
      [this.#content, this.#syncedContent].map((content) => {
        const tree: Tree = new Map();
        plant(tree, "", Deno.statSync(this.#root).ino!, { names, content });
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
        this.#look(this.#root);
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

  #sync(number: number): void {
    const names = this.#names.get(number);
    if (names !== undefined) this.#syncedNames.set(number, names);
    const content = this.#content.get(number);
    if (content !== undefined) this.#syncedContent.set(number, content);
  }

  #look(folder: string): void {
    const names = new Map<string, number>();
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      const number = Deno.lstatSync(path).ino!;
      names.set(name, number);
      if (isDirectory) this.#look(path);
      else this.#content.set(number, Deno.readFileSync(path));
    }
    this.#names.set(Deno.statSync(folder).ino!, names);
  }
}

function plant(
  tree: Tree,
  path: string,
  number: number,
  disk: {
    readonly names: Map<number, Map<string, number>>;
    readonly content: Map<number, Uint8Array>;
  },
): void {
  for (const [name, child] of disk.names.get(number) ?? []) {
    const below = path === "" ? name : `${path}/${name}`;
    const isFolder = disk.names.has(child);
    if (isFolder) plant(tree, below, child, disk);
    else tree.set(below, disk.content.get(child) ?? new Uint8Array(0));
  }
}
