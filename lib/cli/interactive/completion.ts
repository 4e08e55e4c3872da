import { cleanLine, display, type DisplayText, isClean } from "../../protocol/text.ts";
import type { Completer } from "../terminal/line_input.ts";
import { type CommandName, commandWords, findCommand } from "./commands.ts";
import { encodeName, splitTyped, type TypedWord } from "./words.ts";

/** Finds the names that an argument may stand for, from the part of it that is typed. */
export type NameSource = (typed: string) => Promise<readonly string[]> | readonly string[];

/** The sources of names. */
export interface CompletionSources {
  readonly nicks: NameSource;
  readonly rooms: NameSource;
  /** Paths on the server; those of folders end in `/`. */
  readonly remotePaths: NameSource;
  /** Paths on this machine; those of folders end in `/`. */
  readonly localPaths: NameSource;
  /** Whether every line is chat, unless it starts with `/`. */
  readonly isTalking: () => boolean;
}

/**
 * Completes commands and their arguments: nicks, rooms, remote and local paths. A path with blanks may
 * be in quotes, have them escaped, or be all that follows the command.
 */
export function completer(sources: CompletionSources): Completer {
  return async (line) => {
    const [, slash = "", word = "", rest] = /^(\/?)(\S*)(?:\s+(.*))?$/s.exec(line) ?? [];
    const isChat = sources.isTalking() && slash === "";
    if (rest === undefined && !isChat) return [completeCommand(slash, word), line];
    const command = isChat ? null : findCommand(word);
    if (isPathCommand(command)) return await completePath(command, rest ?? "", sources);
    const source = sourceOf(command, rest ?? "", sources);
    if (source !== null) return [matching(await source(rest ?? ""), rest ?? ""), rest ?? ""];
    const last = /\S*$/.exec(line)?.[0] ?? "";
    const ending = last === line ? display`: ` : display` `;
    const nicks = matching(await sources.nicks(last), last);
    return [last === "" ? [] : nicks.map((nick) => display`${nick}${ending}`), last];
  };
}

/** The words of commands that begin with `word`. */
function completeCommand(slash: string, word: string): DisplayText[] {
  return commandWords().filter((name) => name.startsWith(word))
    .map((name) => cleanLine(`${slash}${name} `));
}

/** The commands whose arguments are paths. */
const PATH_COMMANDS = ["file", "list", "put", "remove", "move", "makeFolder", "share"] as const;

type PathCommand = typeof PATH_COMMANDS[number];

function isPathCommand(command: CommandName | null): command is PathCommand {
  return PATH_COMMANDS.some((each) => each === command);
}

/** Completes the whole argument as one bare path if there is such a path, else its last word. */
async function completePath(
  command: PathCommand,
  argument: string,
  sources: CompletionSources,
): Promise<readonly [words: DisplayText[], last: string]> {
  const { before, typed } = splitTyped(argument);
  const [own, other] = command === "put"
    ? [sources.localPaths, sources.remotePaths]
    : [sources.remotePaths, sources.localPaths];
  const option = before.at(-1);
  if (option?.isQuoted === false && /^(?:-o|--output|--to)$/.test(option.text)) {
    const folders = (await other(typed.text)).filter((path) => path.endsWith("/"));
    return encode(matching(folders, typed.text), typed);
  }
  if (option?.isQuoted === false && /^--(?:sums|(?:exclude|from)-.+)$/.test(option.text)) {
    return encode(matching(await sources.localPaths(typed.text), typed.text), typed);
  }
  if (before.length > 0) {
    const whole = await Promise.resolve(own(argument)).catch(() => []);
    const found = matching(whole, argument);
    if (found.length > 0) return encode(found, { raw: argument, text: argument, quote: "" });
  }
  return encode(matching(await own(typed.text), typed.text), typed);
}

function encode(
  names: readonly DisplayText[],
  { raw, quote }: TypedWord,
): readonly [words: DisplayText[], last: string] {
  return [names.map((name) => cleanLine(encodeName(name, quote))), raw];
}

/** The source of a command's argument; `null` for text. */
function sourceOf(
  command: CommandName | null,
  argument: string,
  sources: CompletionSources,
): NameSource | null {
  switch (command) {
    case "ignore":
    case "whois":
      return sources.nicks;
    case "topic":
      return /^#\S*$/.test(argument) ? sources.rooms : null;
    case "join":
    case "part":
      return sources.rooms;
    case "message":
      return sources.nicks;
    case "help":
      return () => commandWords();
    default:
      return null;
  }
}

/** A name that would be shown as another one is not offered: it would not be found, either. */
function matching(names: readonly string[], typed: string): DisplayText[] {
  const wanted = typed.toLowerCase();
  return names.filter(isClean).filter((name) => name.toLowerCase().startsWith(wanted));
}
