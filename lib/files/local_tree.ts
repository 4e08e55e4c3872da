import { basename, join, resolve, SEPARATOR } from "./path.ts";
import type { OmissionReason } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, isPrivateName, lastComponent, pathIn } from "../protocol/path.ts";
import { asDiskError } from "./disk_error.ts";
import { ExcludeRules } from "./exclude_rules.ts";
import { exists } from "./exists.ts";
import { type ExcludeOptions, type RuledFolder, rulesFor, rulesIn } from "./git_rules.ts";
import { resolveRealSync } from "./own_files.ts";
import { isMarkedFolder, isOwnName, isStateFile } from "./own_marks.ts";
import {
  folderIdentity,
  folderPrefix,
  foldersBetween,
  isAtOrBelow,
  isOwnEntry,
  isOwnPath,
  mayBeOwn,
  type OwnPlaces,
} from "./served_folder.ts";

/** A local file or folder to upload, and its destination. */
export interface LocalItem {
  /** Path on this machine. */
  readonly path: string;
  /** Path on the server. */
  readonly remotePath: string;
  readonly type: "file" | "folder";
  /** Bytes; 0 for a folder. */
  readonly sizeBytes: number;
  /** Milliseconds since 1970; `null` if the system does not tell. */
  readonly modifiedMs: number | null;
  /** The real path of the named folder that it lies in; absent for what is named itself. */
  readonly within?: string;
}

/** An entry that cannot be uploaded. */
export interface UnsendableItem {
  readonly path: string;
  readonly remotePath: string;
  readonly type: "unsendable";
  /** The reason: a `RequestError` or a `DiskError`. */
  readonly error: unknown;
}

/** An entry that is left out by the rule of `walkLocal`. */
export interface OmittedItem {
  readonly path: string;
  readonly remotePath: string;
  readonly type: "omitted";
  readonly reason: OmissionReason;
}

/** An entry that is left out on request, with all that is in it. */
export interface ExcludedItem {
  readonly path: string;
  readonly remotePath: string;
  readonly type: "excluded";
  readonly isFolder: boolean;
}

type Place = Pick<LocalItem, "path" | "remotePath">;

/** What {@link walkLocal} finds. */
export type FoundItem = LocalItem | UnsendableItem | OmittedItem | ExcludedItem;

/** Whether links below a named folder are left out, or followed where they stay in it. */
export type LinkMode = "skip" | "follow";

/** What is sent of the folders that a command names. */
export interface SelectOptions extends ExcludeOptions {
  /** What becomes of links below a folder that is named. Default: `skip`. */
  readonly links?: LinkMode;
}

/** Options of {@link walkLocal}. */
export interface WalkOptions extends SelectOptions {
  /** What is the programs' own. */
  readonly own: OwnPlaces;
}

/** What holds for all entries of a walk. */
interface Walk extends WalkOptions {
  /** The real path of the folder that links must not leave. */
  readonly top: string;
}

/** An item of a walk, and what it takes to go into it. */
interface Entry {
  readonly item: FoundItem;
  readonly realPath: string;
  /** Whether its path may be that of a link. */
  readonly isLink: boolean;
  /** Of a folder, see {@link folderIdentity}. */
  readonly identity: string | null;
}

/** A folder in which a walk is. */
interface Level extends RuledFolder {
  readonly entries: Iterator<Entry>;
  readonly realPath: string;
}

/**
 * A file, or a folder and its contents, sorted, in the order of upload. Synchronous, for use in a worker.
 *
 * A link is followed at `path` itself; below it only on request, and only where it stays in the folder. What
 * leads elsewhere, what is the programs' own, and other kinds of entries are omitted; at `path`, such an entry
 * is unsendable. What is excluded is not looked into.
 *
 * @param remoteFolder the folder on the server: a checked path, or `""` for the root
 */
export function* walkLocal(
  path: string,
  remoteFolder: string,
  options: WalkOptions,
): Generator<FoundItem, undefined> {
  const { own, exclude = [] } = options;
  const named = resolve(path);
  const name = basename(named).normalize("NFC");
  const place = { path, remotePath: pathIn(remoteFolder, name) };
  const top = resolveRealSync(path);
  const isNamedOwn = [top, named].some((each) => isOwnName("", each)); // It may be a link
  const found = isNamedOwn || isOwnPath(own, top) || isStateFile(top)
    ? leaf(omit(place, "own"))
    : inspect(place, { own, realPath: top, isLink: true });
  const isFolder = found.item.type === "folder";
  if (ExcludeRules.of(exclude).excludes(name, isFolder)) {
    yield { ...place, type: "excluded", isFolder };
  } else if (found.item.type === "omitted") {
    yield { ...place, type: "unsendable", error: refusalOf(found.item) };
  } else yield* walk(found, { ...options, top });
}

function refusalOf({ reason }: OmittedItem): RequestError {
  if (reason !== "own") return new RequestError("not-a-file");
  return new RequestError("bad-path", undefined, { reason: "path-reserved" });
}

/** The folders under way lie in a list: in nested generators, each item would pass through all. */
function* walk(first: Entry, options: Walk): Generator<FoundItem, undefined> {
  const levels: Level[] = [];
  for (let entry: Entry | null = first; entry !== null; entry = nextIn(levels)) {
    const { item } = entry;
    yield item;
    if (item.type !== "folder") continue;
    try {
      levels.push(enter({ ...entry, item }, levels, options));
    } catch (error) {
      const reason = error instanceof RequestError ? error : asDiskError(error, item.path, "read");
      yield { ...item, type: "unsendable", error: reason };
    }
  }
}

/** The next entry of the deepest folder that has any; `null` at the end. */
function nextIn(levels: Level[]): Entry | null {
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { value, done } = level.entries.next();
    if (!done) return value;
    levels.pop();
  }
  return null;
}

/**
 * Reads a folder that a walk has found.
 *
 * @param levels those above; the one that is returned is to be their last
 * @throws {RequestError} `changed` if another folder has come to its place meanwhile
 */
function enter(
  { item, realPath, isLink, identity }: Entry & { readonly item: LocalItem },
  levels: readonly Level[],
  options: Walk,
): Level {
  const above = levels.at(-1);
  const seen = above === undefined ? rulesFor(item.path, options) : {
    rules: above.rules,
    seenAs: pathIn(above.seenAs, lastComponent(item.remotePath)),
  };
  const rules = options.gitignore ? rulesIn(item.path, seen) : seen.rules;
  const names = [...Deno.readDirSync(item.path)];
  const info = look(item.path, isLink);
  const isSame = info.isDirectory && folderIdentity(info) === identity;
  if (!isSame) throw new RequestError("changed");
  const folder = { item, realPath, rules, seenAs: seen.seenAs };
  return { ...folder, entries: entriesIn(folder, names, { ...options, levels }) };
}

/** Inspects each entry when it is asked for. */
function* entriesIn(
  { item, realPath, rules, seenAs }: Omit<Level, "entries"> & { readonly item: LocalItem },
  names: Deno.DirEntry[],
  options: Walk & { readonly levels: readonly Level[] },
): Generator<Entry, undefined> {
  const prefix = prefixOf(item.path);
  const realPrefix = folderPrefix(realPath);
  for (const { name, isSymlink, isDirectory } of names.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const normal = name.normalize("NFC");
    const place = { path: prefix + name, remotePath: `${item.remotePath}/${normal}` };
    if (rules.excludes(pathIn(seenAs, normal), isDirectory)) {
      yield leaf({ ...place, type: "excluded", isFolder: isDirectory });
      continue;
    }
    const reason = nameRefusal(place.path, name);
    const target = isSymlink ? followLink(place.path, options) : { realPath: realPrefix + name };
    if (reason !== null) yield leaf(omit(place, reason));
    else if ("reason" in target) yield leaf(omit(place, target.reason));
    else yield inspect(place, { ...options, ...target, isLink: isSymlink });
  }
}

/** What stands before the names of what is in a folder: to join them one by one costs more than to look at them. */
function prefixOf(folder: string): string {
  return join(folder, "x").slice(0, -1);
}

/** The real path that a link leads to, or why it is not followed. */
function followLink(
  path: string,
  { top, own, links = "skip", levels }: Walk & { readonly levels: readonly Level[] },
): { readonly realPath: string } | { readonly reason: OmissionReason } {
  try {
    const realPath = Deno.realPathSync(path);
    if (!isAtOrBelow(top, realPath)) return { reason: "link" };
    if (isOwnPath(own, realPath) || isBelowOwn(top, realPath)) return { reason: "own" };
    if (links === "skip") return { reason: "link-skipped" };
    return levels.some((level) => level.realPath === realPath)
      ? { reason: "link-loop" }
      : { realPath };
  } catch {
    return { reason: "link" };
  }
}

/** Whether a real path leads to, or through, what is of some programs' own below `top`. */
function isBelowOwn(top: string, realPath: string): boolean {
  const hasPrivateName = realPath.slice(top.length).split(SEPARATOR).some(isPrivateName);
  if (hasPrivateName || isOwnName("", realPath)) return true;
  return [realPath, ...foldersBetween(top, realPath)].some(isMarkedFolder);
}

/** A name that is not UTF-8 is reported with U+FFFD, under which it is not found. */
function nameRefusal(path: string, name: string): OmissionReason | null {
  // Without such a name it is the programs' own only if its folder is, which no walk enters
  if (mayBeOwn(name) && (isPrivateName(name) || isOwnName("", resolve(path)))) return "own";
  return name.includes("\ufffd") && !exists(path) ? "unicode" : null;
}

/** How {@link inspect} looks at an entry. */
interface Inspection {
  readonly own: OwnPlaces;
  readonly realPath: string;
  readonly isLink: boolean;
  /** See {@link LocalItem.within}. */
  readonly top?: string;
}

/**
 * Omits an entry that is neither file nor folder, or one of the programs' own.
 */
function inspect(place: Place, { own, realPath, isLink, top }: Inspection): Entry {
  try {
    checkPath(place.remotePath);
    const info = look(place.path, isLink);
    if (isOwnEntry(own, place.path, info)) return leaf(omit(place, "own"));
    const within = top === undefined ? {} : { within: top };
    const type = info.isFile ? "file" : info.isDirectory ? "folder" : null;
    // What was no link when its folder was read may be one by now
    const isNestedLink = top !== undefined && (isLink || info.isSymlink);
    if (type === null) return leaf(omit(place, isNestedLink ? "link" : "special"));
    const item = {
      ...place,
      type,
      sizeBytes: type === "file" ? info.size : 0,
      modifiedMs: info.mtime?.getTime() ?? null,
      ...within,
    } as const;
    return { item, realPath, isLink, identity: info.isDirectory ? folderIdentity(info) : null };
  } catch (error) {
    const reason = error instanceof RequestError ? error : asDiskError(error, place.path, "read");
    return leaf({ ...place, type: "unsendable", error: reason });
  }
}

function look(path: string, isLink: boolean): Deno.FileInfo {
  return isLink ? Deno.statSync(path) : Deno.lstatSync(path);
}

function omit(place: Place, reason: OmissionReason): OmittedItem {
  return { ...place, type: "omitted", reason };
}

/** What no walk goes into. */
function leaf(item: FoundItem): Entry {
  return { item, realPath: "", isLink: false, identity: null };
}
