import { cleanLine, display, type DisplayText, isClean } from "../../protocol/text.ts";
import type { Completer } from "../terminal/line_input.ts";
import { commandWords, findCommand } from "./commands.ts";

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
 * Completes commands and their arguments: nicks, rooms, remote and local paths. A path may hold
 * spaces: it is all that follows the command.
 */
export function completer(sources: CompletionSources): Completer {
  return async (line) => {
    const [, slash = "", word = "", rest] = /^(\/?)(\S*)(?:\s+(.*))?$/s.exec(line) ?? [];
    const isChat = sources.isTalking() && slash === "";
    if (rest === undefined && !isChat) return [completeCommand(slash, word), line];
    const source = isChat ? null : sourceOf(word, sources);
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

/** The source of a command's argument; `null` for text. */
function sourceOf(word: string, sources: CompletionSources): NameSource | null {
  switch (findCommand(word)) {
    case "file":
    case "list":
      return sources.remotePaths;
    case "ignore":
    case "whois":
      return sources.nicks;
    case "put":
      return sources.localPaths;
    case "join":
    case "part":
      return sources.rooms;
    case "message":
      return sources.nicks;
    default:
      return null;
  }
}

/** A name that would be shown as another one is not offered: it would not be found, either. */
function matching(names: readonly string[], typed: string): DisplayText[] {
  const wanted = typed.toLowerCase();
  return names.filter(isClean).filter((name) => name.toLowerCase().startsWith(wanted));
}
