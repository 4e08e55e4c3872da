import { RequestError, type RequestErrorReason } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { mayFitInNfc } from "./normal_form.ts";
import { isAscii } from "./text.ts";

/** The folder for files under way, beside their final place. No path from a peer leads into it. */
export const PRIVATE_FOLDER = ".tcp-chat";
/** The same, and the one of a user where another user has that. */
const PRIVATE_NAME = /^\.tcp-chat(-\d+)?$/i;

const NOT_ALLOWED = "it holds a character that is not allowed";
const encoder = new TextEncoder();
// deno-lint-ignore no-control-regex -- it matches control characters on purpose
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\]/;
/** What Windows cannot store in a name, beside what is forbidden everywhere. */
const WINDOWS_CHARACTERS = /[:*?"<>|]/;
/** Longest component in UTF-16 units whose NFC may be short enough: see {@link mayFitInNfc}. */
const MAX_COMPONENT_UNITS = 1.5 * LIMITS.nameBytes;
const LONG_COMPONENT = new RegExp(`(?:^|/)[^/]{${Math.floor(MAX_COMPONENT_UNITS) + 1}}`);
/**
 * Matches every path that may break a rule for components; each component of the others is allowed. A
 * path may have 2,000 components: one pass takes a hundredth of the time of 2,000 checks. A UTF-16 unit
 * has three bytes of UTF-8 at the most.
 */
const UNUSUAL = new RegExp(
  `^$|^/|//|/$|(?:^|/)(?:\\.\\.?(?:/|$)|\\.tcp-chat|[^/]{${
    LIMITS.nameBytes / 3 + 1
  }})|${FORBIDDEN.source}`,
  "i",
);
const DEVICE = /^(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(\.|$)/i;

/**
 * Checks a path from a peer against section 5 of the protocol and returns it in NFC.
 *
 * The result is relative, uses `/`, and has no component that leads upwards. It is still only a
 * name: the file store checks where links lead.
 *
 * @throws {RequestError} `bad-path`, with a reason
 */
export function checkPath(path: string): string {
  const normal = normalizePath(path);
  if (encoder.encode(normal).length > LIMITS.pathBytes) throwLong();
  if (!UNUSUAL.test(normal) && normal.isWellFormed()) return normal;
  for (const component of normal.split("/")) checkComponent(component);
  return normal;
}

/**
 * The NFC of a path, which is not checked otherwise. The length of its components is compared first:
 * it bounds every run of combining marks.
 *
 * @throws {RequestError} `bad-path` if the path or a component is too long
 */
export function normalizePath(path: string): string {
  if (!mayFitInNfc(path, LIMITS.pathBytes)) throwLong();
  if (LONG_COMPONENT.test(path)) throwComponentLong();
  return path.normalize("NFC");
}

/**
 * The same for a name of a single component, such as the name in FMTA.
 *
 * @throws {RequestError} `bad-path`
 */
export function checkName(name: string): string {
  if (name.includes("/")) throw badPath("path-slash", "a file name holds no /");
  return checkPath(name);
}

/**
 * The same for a folder, which may be the root: `""`.
 *
 * @throws {RequestError} `bad-path`
 */
export function checkFolderPath(path: string): string {
  return path === "" ? "" : checkPath(path);
}

/** Whether {@link checkPath} accepts a path. */
export function isAllowedPath(path: string): boolean {
  return !throws(() => checkPath(path));
}

/**
 * Checks that every system can store a path that {@link checkPath} returned, Windows included.
 *
 * @throws {RequestError} `bad-path`, with a reason
 */
export function checkPortable(path: string): void {
  for (const component of path.split("/")) {
    if (WINDOWS_CHARACTERS.test(component)) throw badPath("path-character", NOT_ALLOWED);
    if (DEVICE.test(component)) throw badPath("path-device", "this is the name of a device");
    if (/[. ]$/.test(component)) {
      throw badPath("path-ending", "a component ends in a dot or a space");
    }
  }
}

/** Whether {@link checkPortable} accepts a path. */
export function isPortable(path: string): boolean {
  return !throws(() => checkPortable(path));
}

/**
 * The name under which Windows stores a component that {@link checkPath} accepted: what it cannot
 * store is percent-encoded, in a device name the first letter. Any other name stays as it is.
 */
export function toWindowsName(component: string): string {
  const encode = (character: string) =>
    `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  const ended = component.replaceAll(/[:*?"<>|]|[. ]$/g, encode);
  return DEVICE.test(ended) ? ended.replace(/^./, encode) : ended;
}

/**
 * The same text for all paths that some system takes for one: for letter cases, Unicode spellings, and
 * with characters that are not seen. Different paths of one key may still be different files.
 */
export function pathKey(path: string): string {
  if (isAscii(path)) return path.toLowerCase();
  const seen = path.normalize("NFD").replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  return seen.toUpperCase().toLowerCase().normalize("NFD");
}

/** Whether a name is that of a {@link PRIVATE_FOLDER}, in any letter case. */
export function isPrivateName(name: string): boolean {
  return PRIVATE_NAME.test(name);
}

/** The last component of a checked path. */
export function lastComponent(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder that a checked path is in; `""` for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The folders that a checked path is in, the deepest first, without the root. */
export function* foldersAbove(path: string): Generator<string> {
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    yield path.slice(0, at);
  }
}

/** The path of what lies in a folder, which is `""` for the root. */
export function pathIn(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

function checkComponent(component: string): void {
  if (component === "") throw badPath("path-empty", "a component is empty");
  if (component === "." || component === "..") {
    throw badPath("path-dots", ". and .. are not allowed");
  }
  if (isPrivateName(component)) {
    throw badPath("path-reserved", "this name is reserved");
  }
  if (encoder.encode(component).length > LIMITS.nameBytes) {
    throwComponentLong();
  }
  if (FORBIDDEN.test(component)) {
    throw badPath("path-character", NOT_ALLOWED);
  }
  if (!component.isWellFormed()) throw badPath("path-unicode", "it is not valid Unicode");
}

function throws(check: () => void): boolean {
  try {
    check();
    return false;
  } catch {
    return true;
  }
}

function throwLong(): never {
  throw badPath("path-long", `it is longer than ${LIMITS.pathBytes} bytes`);
}

function throwComponentLong(): never {
  throw badPath("path-component-long", `a component is longer than ${LIMITS.nameBytes} bytes`);
}

function badPath(reason: RequestErrorReason, detail: string): RequestError {
  return new RequestError("bad-path", `Cannot accept this path: ${detail}`, { reason });
}
