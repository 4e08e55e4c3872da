import { foldNick } from "../protocol/chat_names.ts";
import type { PathPattern } from "./path_pattern.ts";
import { type FileRights, fileRightsOf, NO_FILE_RIGHTS, type Subject } from "./rights.ts";
import type { Group, NamedAccount, Rule } from "./rule_parser.ts";

/** The lines with the same pattern, in their order. */
interface Block {
  readonly pattern: PathPattern;
  readonly rules: readonly Rule[];
}

/** The rules as they apply to a subject. */
interface View {
  /** The rights where no rule decides. */
  readonly general: FileRights;
  /** The rights by block; the last block comes first. */
  readonly inBlocks: readonly FileRights[];
}

/**
 * The rules of folders, which decide the rights of a subject on a path:
 *
 * - The last line whose pattern covers the path decides the pattern. All lines with this pattern
 *   belong together, wherever they stand.
 * - Of those lines, the last that names the subject or its group decides the rights. A subject that
 *   no line names has none, except for admins, who keep their rights.
 * - On a path that no pattern covers, a subject has its general rights.
 *
 * So a rule can grant rights as well as remove them. Whether the server accepts uploads, and
 * whether a path exists, is checked elsewhere. Paths are those that `checkPath` returned, or `""`
 * for the root. A set is immutable.
 */
export class RuleSet {
  /** No rules: every subject has its general rights everywhere. */
  static readonly EMPTY: RuleSet = new RuleSet([]);

  /** The account names in the rules, whether such accounts exist or not. */
  readonly accounts: readonly NamedAccount[];
  /** The last block first. */
  readonly #blocks: readonly Block[];
  /** The indices of the blocks whose pattern begins with a name, by that name: there may be thousands. */
  readonly #byFirst: ReadonlyMap<string | null, readonly number[]>;
  readonly #views = new WeakMap<Subject, View>();

  /** @param rules in the order of their lines */
  constructor(rules: readonly Rule[]) {
    this.accounts = rules.flatMap(({ accounts }) => accounts);
    this.#blocks = blocksOf(rules);
    this.#byFirst = Map.groupBy(this.#blocks.keys(), (i) => this.#blocks[i]?.pattern.first ?? null);
  }

  /** The rights of a subject on a path. The result is cached by subject, which must not change. */
  rightsOn(path: string, subject: Subject): FileRights {
    const view = this.#viewOf(subject);
    if (this.#blocks.length === 0) return view.general; // A path may have 2,000 components
    return view.inBlocks[this.#decidingBlock(split(path))] ?? view.general;
  }

  /** Whether the subject may see and download the file. */
  mayRead(path: string, subject: Subject): boolean {
    return this.rightsOn(path, subject).read;
  }

  /** Whether the subject may create the folder, or upload a new file. */
  mayWrite(path: string, subject: Subject): boolean {
    return this.rightsOn(path, subject).write;
  }

  /**
   * Whether an upload may replace the file. That needs `read`, too: a subject cannot overwrite a
   * file it cannot see.
   */
  mayReplace(path: string, subject: Subject): boolean {
    const { read, write } = this.rightsOn(path, subject);
    return read && write;
  }

  /** Whether the subject may make links to the path, for what it may do there itself. */
  mayShare(path: string, subject: Subject): boolean {
    return this.rightsOn(path, subject).share;
  }

  /** Whether the subject may rename or remove the file or folder: it takes all three rights. */
  mayDelete(path: string, subject: Subject): boolean {
    return SUFFICES.delete(this.rightsOn(path, subject));
  }

  /** Whether the subject may do that to the path, and to all below it, whatever rule decides there. */
  mayBelow(path: string, subject: Subject, what: keyof typeof SUFFICES): boolean {
    const holds = SUFFICES[what];
    if (!holds(this.rightsOn(path, subject))) return false;
    const components = split(path);
    const { inBlocks } = this.#viewOf(subject);
    const later = this.#blocks.slice(0, this.#decidingBlock(components));
    return later.every(({ pattern }, i) => {
      const rights = inBlocks[i];
      return rights === undefined || holds(rights) || !pattern.reachesBelow(components);
    });
  }

  /**
   * Whether the subject may see and list the folder. It also may if a rule lets it read a path
   * further down. The caller filters the entries: by {@link mayRead} for a file, by this for a
   * folder.
   */
  mayList(path: string, subject: Subject): boolean {
    const view = this.#viewOf(subject);
    if (this.#blocks.length === 0) return view.general.read;
    const components = split(path);
    const deciding = this.#decidingBlock(components);
    if ((view.inBlocks[deciding] ?? view.general).read) return true;
    // Only later lines can decide otherwise for paths below
    const opens = (i: number) =>
      i < deciding && view.inBlocks[i]?.read === true &&
      this.#blocks[i]?.pattern.reachesBelow(components) === true;
    if (components.length === 0) return this.#blocks.keys().some(opens);
    return this.#near(components).some((indices) => indices.some(opens));
  }

  /** The blocks that may cover a path, or one below it if it is not the root. */
  #near([first = ""]: readonly string[]): readonly (readonly number[])[] {
    return [this.#byFirst.get(first) ?? [], this.#byFirst.get(null) ?? []];
  }

  /** The index of the block that decides; the number of blocks if none does. */
  #decidingBlock(components: readonly string[]): number {
    const covers = (i: number) => this.#blocks[i]?.pattern.covers(components) === true;
    const found = this.#near(components).map((indices) => indices.find(covers));
    return Math.min(...found.map((i) => i ?? this.#blocks.length));
  }

  #viewOf(subject: Subject): View {
    const cached = this.#views.get(subject);
    if (cached !== undefined) return cached;
    const view = makeView(this.#blocks, subject);
    this.#views.set(subject, view);
    return view;
  }
}

/** Whether rights suffice to make what is new, and to rename or remove what is there. */
const SUFFICES = {
  write: (rights: FileRights): boolean => rights.write,
  delete: (rights: FileRights): boolean => rights.read && rights.write && rights.delete,
};

/** A block has the place of the last line with its pattern. */
function blocksOf(rules: readonly Rule[]): Block[] {
  const byPattern = Map.groupBy(rules.toReversed(), ({ pattern }) => pattern.text);
  return [...byPattern.values()].flatMap((lines) => {
    const [last] = lines;
    return last === undefined ? [] : [{ pattern: last.pattern, rules: lines.toReversed() }];
  });
}

function makeView(blocks: readonly Block[], subject: Subject): View {
  const general = fileRightsOf(subject.rights);
  const unnamed = subject.role === "admin" ? general : NO_FILE_RIGHTS;
  const key = subject.name === null ? null : foldNick(subject.name);
  const inBlocks = blocks.map(({ rules }) =>
    rules.findLast((rule) => isFor(rule, subject, key))?.rights ?? unnamed
  );
  return { general, inBlocks };
}

const GROUP_OF = { guest: "guests", member: "members", admin: "admins" } as const;

function isFor({ groups, accounts }: Rule, { role }: Subject, key: string | null): boolean {
  const isIn = (group: Group) => groups.has(group);
  if (isIn("*") || isIn(GROUP_OF[role]) || (role === "admin" && isIn("members"))) return true;
  return key !== null && accounts.some(({ name }) => foldNick(name) === key);
}

function split(path: string): string[] {
  return path === "" ? [] : path.split("/");
}
