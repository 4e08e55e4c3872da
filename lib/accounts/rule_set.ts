import { foldNick } from "../protocol/chat_names.ts";
import { type FileRights, fileRightsOf, NO_FILE_RIGHTS, type Subject } from "./rights.ts";
import type { PathPattern } from "./path_pattern.ts";
import { type Group, type NamedAccount, parseRules, type Rule } from "./rule_parser.ts";

/** The lines with one pattern, in their order. */
interface Block {
  readonly pattern: PathPattern;
  readonly rules: readonly Rule[];
}

/** What the rules come to for one subject. */
interface View {
  /** Where no rule says otherwise. */
  readonly general: FileRights;
  /** By block; the last block comes first. */
  readonly inBlocks: readonly FileRights[];
}

/**
 * The rules of the folders, ready for use. They say what somebody may do with a path:
 *
 * - The last line whose pattern covers the path decides which pattern it is. The lines with this
 *   same pattern belong together, wherever they stand.
 * - Of those lines the last one that names the subject, itself or its group, says what it may do.
 *   Whom none of them names may do nothing there, but for admins, who keep their rights.
 * - A path that no pattern covers is left to the general rights of the subject.
 *
 * So a rule gives rights as well as it takes them. Whether the server takes uploads at all is not
 * its business, and neither is whether a path exists. Paths are those that `checkPath` returned,
 * or `""` for the root. A set never changes.
 */
export class RuleSet {
  /** No rules: everybody has their general rights everywhere. */
  static readonly EMPTY: RuleSet = new RuleSet([]);

  /** The names of accounts that stand in the rules; nobody has looked whether they exist. */
  readonly accounts: readonly NamedAccount[];
  /** The last first. */
  readonly #blocks: readonly Block[];
  readonly #views = new WeakMap<Subject, View>();

  /** @param rules in the order of their lines */
  constructor(rules: readonly Rule[]) {
    this.accounts = rules.flatMap(({ accounts }) => accounts);
    this.#blocks = blocksOf(rules);
  }

  /**
   * Reads the text of a rule file.
   *
   * @param path of the file, for the errors
   * @throws {RuleError}
   */
  static parse(text: string, path: string): RuleSet {
    return new RuleSet(parseRules(text, path));
  }

  /**
   * What the subject may do with the path. Quick when it is asked with the same object again, which
   * must not change meanwhile.
   */
  rightsOn(path: string, subject: Subject): FileRights {
    const view = this.#viewOf(subject);
    return view.inBlocks[this.#decisive(split(path))] ?? view.general;
  }

  /** Whether the subject may see and download the file. */
  mayRead(path: string, subject: Subject): boolean {
    return this.rightsOn(path, subject).read;
  }

  /** Whether the subject may make the folder, or upload a file under a new name. */
  mayWrite(path: string, subject: Subject): boolean {
    return this.rightsOn(path, subject).write;
  }

  /** Whether an upload may take the place of the file: to whom it is hidden, it is not to lose. */
  mayReplace(path: string, subject: Subject): boolean {
    const { read, write } = this.rightsOn(path, subject);
    return read && write;
  }

  /**
   * Whether the subject may see the folder and list it. That is so, too, where it may read nothing
   * but what some rule lets it read further down. The entries are to be asked about one by one:
   * {@link mayRead} for a file, this for a folder.
   */
  mayList(path: string, subject: Subject): boolean {
    const view = this.#viewOf(subject);
    const components = split(path);
    const decisive = this.#decisive(components);
    if ((view.inBlocks[decisive] ?? view.general).read) return true;
    // Only later lines can say otherwise about what lies below
    return this.#blocks.slice(0, decisive).some(({ pattern }, i) =>
      view.inBlocks[i]?.read === true && pattern.reachesBelow(components)
    );
  }

  /** The index of the block that decides; past the last one where none does. */
  #decisive(components: readonly string[]): number {
    const blocks = this.#blocks;
    for (let i = 0; i < blocks.length; i++) if (blocks[i]?.pattern.covers(components)) return i;
    return blocks.length;
  }

  #viewOf(subject: Subject): View {
    const known = this.#views.get(subject);
    if (known !== undefined) return known;
    const view = makeView(this.#blocks, subject);
    this.#views.set(subject, view);
    return view;
  }
}

/** Where a pattern stands last, there its block stands. */
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
