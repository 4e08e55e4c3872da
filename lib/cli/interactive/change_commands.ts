import {
  type EntriesListener,
  findAllEntries,
  makeFolders,
  moveEntries,
  outermost,
  planMoves,
  removeEntries,
} from "../../client/change_paths.ts";
import { cleanLine } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import { isYes } from "../texts/is_yes.ts";
import {
  askRemove,
  CHANGE_TEXTS,
  describeFolder,
  describeFolderMade,
  describeLeft,
  describeRemoved,
} from "../view/change_texts.ts";
import { describeOmissions } from "../view/omission_text.ts";
import type { CommandContext } from "./command_context.ts";
import { splitWords, type Word } from "./words.ts";

type ChangeCommand = "remove" | "move" | "makeFolder";

/** The options of each command, which mean the same. */
const FLAGS: Readonly<Record<ChangeCommand, readonly string[]>> = {
  remove: ["-r", "-R", "--recursive"],
  move: ["--replace"],
  makeFolder: [],
};

/** The commands of the interactive client that change files on the server. */
export class ChangeCommands {
  readonly #context: CommandContext;
  /** Nothing ends a request but its connection. */
  readonly #signal: AbortSignal = new AbortController().signal;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** The commands by their names. */
  get handlers(): Readonly<
    Record<ChangeCommand, (argument: string) => Promise<void>>
  > {
    return {
      remove: (argument) => this.#remove(argument),
      move: (argument) => this.#move(argument),
      makeFolder: (argument) => this.#makeFolder(argument),
    };
  }

  get #listener(): EntriesListener {
    const { locale, print, fail } = this.#context;
    return {
      onError: (text, error) => fail(error, text),
      onOmitted: (omitted) => describeOmissions(omitted, locale).forEach((line) => print(line)),
    };
  }

  async #remove(argument: string): Promise<void> {
    const { chat: { client }, locale, print, fail, refuse } = this.#context;
    const parsed = this.#parse(argument, "remove");
    if (parsed === null) return;
    const recursive = parsed.hasFlag;
    const found = await findAllEntries(client, parsed.names, this.#listener);
    const entries = outermost(found, recursive);
    const folders = entries.filter(({ type }) => type === "folder").map(({ path }) => path);
    if (recursive && folders.length > 0 && !await this.#agrees(folders)) return;
    const options = { recursive, signal: this.#signal };
    for await (const outcome of removeEntries(client, entries, options)) {
      const { path } = outcome.item;
      if ("result" in outcome) {
        print(describeRemoved(path, outcome.result, locale));
        for (const omitted of outcome.result.omitted.paths) print(describeLeft(omitted, locale));
        continue;
      }
      const text = describeFolder(outcome.item, outcome.error, { recursive, locale });
      if (text === null) fail(outcome.error, path);
      else refuse(locale.failure(outcome.error).exitCode, text);
    }
  }

  /** Whether folders may be removed with all that is in them. A script has said so. */
  async #agrees(folders: readonly string[]): Promise<boolean> {
    const { input, locale } = this.#context;
    if (!input.isTerminal) return true;
    return isYes(await input.ask(askRemove(folders, locale)));
  }

  async #move(argument: string): Promise<void> {
    const { chat: { client }, locale: { fill }, print, fail, refuse, usage } = this.#context;
    const parsed = this.#parse(argument, "move");
    if (parsed === null) return;
    const [to, ...texts] = parsed.names.toReversed();
    if (to === undefined || texts.length === 0) return usage("move");
    const entries = await findAllEntries(client, texts.toReversed(), this.#listener);
    const moves = await planMoves(client, entries, to);
    if (moves === null) {
      return refuse(EXIT.usage, fill(CHANGE_TEXTS.needsFolder, { path: cleanLine(to) }));
    }
    const options = { replace: parsed.hasFlag, signal: this.#signal };
    for await (const outcome of moveEntries(client, moves, options)) {
      const { path, to } = outcome.item;
      if ("error" in outcome) fail(outcome.error, path);
      else print(fill(CHANGE_TEXTS.moved, { path: cleanLine(path), to: cleanLine(to) }));
    }
  }

  async #makeFolder(argument: string): Promise<void> {
    const { chat: { client }, locale, print, fail } = this.#context;
    const parsed = this.#parse(argument, "makeFolder");
    if (parsed === null) return;
    for await (const outcome of makeFolders(client, parsed.names, this.#signal)) {
      if ("error" in outcome) fail(outcome.error, outcome.item);
      else print(describeFolderMade(outcome.item, outcome.result, locale));
    }
  }

  /** The names of an argument, and whether it has a flag; `null`, once that is said, if it cannot be told. */
  #parse(argument: string, command: ChangeCommand): ParsedNames | null {
    const { locale: { t }, refuse, usage } = this.#context;
    const parsed = parseNames(argument, FLAGS[command]);
    if (parsed === null || parsed.names.length + parsed.unknown.length === 0) {
      usage(command);
      return null;
    }
    const [option] = parsed.unknown;
    if (option === undefined) return parsed;
    refuse(EXIT.usage, t("unknownOption", { option: cleanLine(option) }));
    return null;
  }
}

/** The words of an argument. */
interface ParsedNames {
  readonly names: readonly string[];
  /** Whether one of the command's flags is among them. */
  readonly hasFlag: boolean;
  /** What looks like an option, and is none of the command. */
  readonly unknown: readonly string[];
}

/** Returns `null` for an open quote. A name that begins with a dash is quoted. */
function parseNames(argument: string, flags: readonly string[]): ParsedNames | null {
  const words = splitWords(argument);
  if (words === null) return null;
  const isFlag = ({ text, isQuoted }: Word) => !isQuoted && flags.includes(text);
  const isOption = ({ text, isQuoted }: Word) => !isQuoted && /^-{1,2}[A-Za-z]/.test(text);
  const others = words.filter((word) => !isFlag(word));
  return {
    names: others.filter((word) => !isOption(word)).map(({ text }) => text),
    hasFlag: others.length < words.length,
    unknown: others.filter(isOption).map(({ text }) => text),
  };
}
