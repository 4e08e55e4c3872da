import { asksForHelp } from "../../client/asks_for_help.ts";
import { foldNick } from "../../protocol/chat_names.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { TalkModel } from "../model/page_model.ts";
import { t } from "../text/later_t.ts";
import { openDialog } from "./dialogs.ts";
import { tell } from "./notices.tsx";

/** What a command works with. */
export interface CommandPlace {
  readonly talk: TalkModel;
  /** Shows a conversation, named as in `Route`. */
  readonly show: (name: string) => void;
  /** Called when the text is a message or a command, before it is carried out. */
  readonly onTaken: () => void;
}

/** What was typed where messages are written. */
export type Typed =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "command"; run(place: CommandPlace): Promise<void> }
  /** A command that does not exist, or lacks an argument: it must not reach others. */
  | { readonly kind: "unknown"; readonly name: string };

interface Command {
  /** In English and Portuguese, as in the client for terminals. */
  readonly names: readonly string[];
  readonly argument: RegExp;
  run(place: CommandPlace, argument: string): Promise<void>;
}

const TEXT = /^.+$/s;

const COMMANDS: readonly Command[] = [
  { names: ["whois", "quemé", "queme"], argument: /^\S+$/, run: tellOf },
  { names: ["ignore", "ignorar"], argument: /^\S+$/, run: ignore },
  { names: ["me", "eu"], argument: TEXT, run: ({ talk }, text) => talk.send(`/me ${text}`) },
  { names: ["msg", "privado"], argument: /^\S+\s+.+$/s, run: writePrivately },
  { names: ["join", "entrar"], argument: /^\S+$/, run: join },
  { names: ["part", "deixar"], argument: /^$/, run: part },
  { names: ["nick", "apelido"], argument: /^\S+$/, run: ({ talk }, nick) => talk.setNick(nick) },
  { names: ["topic", "assunto"], argument: TEXT, run: ({ talk }, text) => talk.setTopic(text) },
  { names: ["away", "ausente"], argument: /^/, run: ({ talk }, text) => talk.setAway(text) },
  { names: ["back", "voltei"], argument: /^$/, run: ({ talk }) => talk.setAway("") },
];

/**
 * Tells messages from commands. A command is a word after a slash, alone or before a space; after two
 * slashes it is said with one.
 */
export function parseTyped(text: string): Typed {
  if (/^\/\/\S/.test(text)) return { kind: "message", text: text.slice(1) };
  const [, name, argument = ""] = /^\/([\p{L}\p{N}_-]+)(?:\s+(.*))?$/su.exec(text) ?? [];
  if (name === undefined) return { kind: "message", text };
  if (asksForHelp(argument)) return { kind: "unknown", name: "help" };
  const command = COMMANDS.find(({ names }) => names.includes(name.toLowerCase()));
  if (!command?.argument.test(argument)) return { kind: "unknown", name };
  return { kind: "command", run: (place) => command.run(place, argument) };
}

/** Sends a message, or carries out a command. @throws {Error} for a command that is not known */
export async function runTyped(text: string, place: CommandPlace): Promise<void> {
  const typed = parseTyped(text);
  if (typed.kind === "unknown") {
    if (["help", "ajuda"].includes(typed.name.toLowerCase())) return tell(t("commands"));
    throw new Error(describeRefused(typed.name));
  }
  place.onTaken();
  await (typed.kind === "message" ? place.talk.send(typed.text) : typed.run(place));
}

/** Why a command is not carried out: it does not exist, or is used otherwise. */
export function describeRefused(name: string): string {
  const { names = [] } = COMMANDS.find(({ names }) => names.includes(name.toLowerCase())) ?? {};
  const usages = t("commands").split(" · ");
  const usage = usages.find((usage) => names.some((name) => `${usage} `.startsWith(`/${name} `)));
  return usage === undefined ? t("unknownCommand", { name }) : t("commandUsage", { usage });
}

async function writePrivately({ talk, show }: CommandPlace, argument: string): Promise<void> {
  const [, nick = "", text = ""] = /^@?(\S+)\s+(.+)$/s.exec(argument) ?? [];
  talk.openPrivate(nick);
  show(`@${nick}`);
  await talk.send(text);
}

function tellOf(_: CommandPlace, nick: string): Promise<void> {
  openDialog({ kind: "person", nick: nick.replace(/^@/, "") });
  return Promise.resolve();
}

function ignore({ talk }: CommandPlace, argument: string): Promise<void> {
  const nick = argument.replace(/^@/, "");
  const isIgnored = !talk.ignored.value.has(foldNick(nick));
  talk.ignore(nick, isIgnored);
  tell(t(isIgnored ? "ignoring" : "notIgnoring", { nick: cleanLine(nick) }));
  return Promise.resolve();
}

async function join({ talk, show }: CommandPlace, argument: string): Promise<void> {
  const room = argument.replace(/^#/, "").toLowerCase();
  await talk.join(room);
  show(room);
}

async function part({ talk, show }: CommandPlace): Promise<void> {
  if (talk.current.value !== null) await talk.leave(talk.current.value.id);
  show("");
}
