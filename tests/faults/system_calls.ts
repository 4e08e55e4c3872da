import { basename, dirname } from "@std/path";
import { PRIVATE_FOLDER } from "../../lib/protocol/path.ts";

const NAMING = ["link", "linkat", "rename", "renameat", "renameat2"];
const CALLS = ["fsync", "fdatasync", "mkdir", "mkdirat", "write", ...NAMING];

/** The command that writes the calls of a program to a file, before the program's own. */
export function traceTo(file: string): string[] {
  return ["strace", "-f", "-q", "-y", "-s", "400", "-e", `trace=${CALLS.join()}`, "-o", file];
}

/** Why calls cannot be traced here; `null` if they can. */
export async function whyNoTrace(): Promise<string | null> {
  const [program, ...args] = traceTo("/dev/null");
  try {
    const command = new Deno.Command(program!, { args: [...args, "true"], stderr: "null" });
    return (await command.output()).success ? null : "strace may not trace here";
  } catch {
    return "there is no strace";
  }
}

/** A call that has succeeded. */
interface Call {
  readonly name: string;
  /** Paths of descriptors, and texts. */
  readonly texts: readonly string[];
}

/** The calls of a trace in the order in which they returned. */
export function parseCalls(trace: string): Call[] {
  const begun = new Map<string, string>();
  const calls: Call[] = [];
  for (const line of trace.split("\n")) {
    const [, thread = "", text = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (text.endsWith(" <unfinished ...>")) {
      begun.set(thread, text.slice(0, -" <unfinished ...>".length));
      continue;
    }
    const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(text) ?? [];
    const whole = rest === undefined ? text : `${begun.get(thread) ?? ""}${rest}`;
    const [, name, args] = /^(\w+)\((.*)\)\s+= \d+$/.exec(whole) ?? [];
    if (name !== undefined && args !== undefined) calls.push({ name, texts: textsOf(args) });
  }
  return calls;
}

/** Texts of arguments are in quotes, the paths of descriptors in angle brackets. */
function textsOf(args: string): string[] {
  const found = args.matchAll(/"((?:[^"\\]|\\.)*)"|^\d+<([^>]*)>/g);
  return [...found].map(([, quoted, path]) => unescape(quoted ?? path ?? ""));
}

/** Undoes the escapes of C, whose octal numbers stand for bytes of UTF-8. */
function unescape(text: string): string {
  const bytes = text.replace(
    /\\([0-7]{1,3}|.)/g,
    (_, code) => /^[0-7]/.test(code) ? String.fromCharCode(parseInt(code, 8)) : code,
  );
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/**
 * What a power cut after these calls could undo: names of files that were not synced before they
 * got them, and names whose folder was not synced afterwards.
 *
 * @param folder the target folder
 * @param saidDone a text in the line that the program writes for a file that is done; `null` if it
 * writes none. It holds the path below the folder, too
 */
export function unsynced(
  calls: readonly Call[],
  folder: string,
  saidDone: string | null,
): string[] {
  const isSync = ({ name }: Call) => name === "fsync" || name === "fdatasync";
  const isSyncOf = (path: string) => (call: Call) => isSync(call) && call.texts[0] === path;
  const isInside = (path: string) => path.startsWith(`${folder}/`);
  const saysDone = (text: string, path: string) =>
    saidDone !== null && text.includes(saidDone) && text.includes(path.slice(folder.length + 1));
  const doneAt = (from: number, path: string) => {
    const at = calls.findIndex(({ name, texts }, i) =>
      i > from && name === "write" && texts.some((text) => saysDone(text, path))
    );
    return at < 0 ? calls.length : at;
  };
  return calls.flatMap(({ name, texts }, at) => {
    const path = texts.at(-1) ?? "";
    const isName = NAMING.includes(name);
    // What is under way may be lost: the private folder is needed by no file that is done
    const isMade = name.startsWith("mkdir") && basename(path) !== PRIVATE_FOLDER;
    if (!isInside(path) || !(isName || isMade)) return [];
    const failures: string[] = [];
    const isContentSynced = !isName || calls.slice(0, at).some(isSyncOf(texts[0] ?? ""));
    if (!isContentSynced) failures.push(`${path} was not synced before it got its name`);
    if (!calls.slice(at, doneAt(at, path)).some(isSyncOf(dirname(path)))) {
      failures.push(`the folder of ${path} was not synced`);
    }
    return failures;
  });
}

/** The names that files got in a folder. */
export function namesGiven(calls: readonly Call[], folder: string): string[] {
  return calls.filter(({ name }) => NAMING.includes(name))
    .map(({ texts }) => texts.at(-1) ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
}
