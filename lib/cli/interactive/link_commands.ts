import type { LinkOptions } from "../../client/client_links.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { trustPeer } from "../../client/trust_peer.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { MadeLink } from "../../protocol/link_answers.ts";
import { cleanLine, cleanText } from "../../protocol/text.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import { linkServer } from "../commands/links.ts";
import { folderPath } from "../options/folder_path.ts";
import { LINK_OPTIONS, linkOptions, requireLinkId } from "../options/link_options.ts";
import { type OptionSpec, parseOptions } from "../options/options.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import {
  describeLinks,
  describeMade,
  describeUse,
  LINK_TEXTS,
  linkCommand,
  linkPage,
  type LinkServer,
} from "../view/link_text.ts";
import { shownPath } from "../view/shown_path.ts";
import type { ChatScreen } from "./chat_screen.ts";
import type { CommandContext } from "./command_context.ts";
import { splitWords, type Word } from "./words.ts";

/** Holds in talk mode, too: there a line without the slash goes to all. */
const TAKE_BACK: Text = { en: "/unshare {id}", "pt-BR": "/descompartilhar {id}" };
/** The beginning of an option whose value is in quotes, as `--note="for Bob"`. */
const QUOTED_VALUE = /(?<=^|\s)(--[a-z]+)=(?=["'])/g;

/** What the commands need. */
export interface LinkContext
  extends Pick<CommandContext, "chat" | "locale" | "print" | "fail" | "usage"> {
  readonly connection: Pick<ConnectOptions, "hostname" | "port" | "hosts" | "tls">;
  /** Its server is the one that receivers are sent to. */
  readonly screen: Pick<ChatScreen, "server">;
}

/** The commands of the interactive client for links, by which others come without an account. */
export class LinkCommands {
  readonly #context: LinkContext;

  /** Owns nothing of `context`. */
  constructor(context: LinkContext) {
    this.#context = context;
  }

  /** The commands by their names. Mistakes reject with `UsageError`. */
  get handlers(): Readonly<
    Record<"share" | "links" | "unshare", (argument: string) => Promise<void> | void>
  > {
    return {
      share: (argument) => this.#share(argument),
      links: () => this.#list(),
      unshare: (argument) => this.#unshare(argument),
    };
  }

  /** Makes a link, and prints the line for its receiver. */
  async #share(argument: string): Promise<void> {
    const { chat, fail, usage } = this.#context;
    const request = this.#parse(argument);
    if (request === null) return usage("share");
    const path = folderPath(request.name);
    try {
      const link = await chat.client.links.make(path, request.options);
      await this.#showMade(link);
    } catch (error) {
      fail(error, shownPath(path));
    }
  }

  async #showMade(link: MadeLink): Promise<void> {
    const { locale, print, chat } = this.#context;
    const server = await this.#linkServer();
    const command = linkCommand(link, { server, program: typedPrograms().client, locale });
    const page = linkPage(link, server, chat.client.features.includes("web"));
    const lines = [
      describeMade(link, locale),
      `  ${command}`,
      ...(page === null ? [] : [`  ${page}`]),
      ...describeUse(link, server, locale.fill(TAKE_BACK, { id: link.id }), locale),
    ];
    print(cleanText(lines.join("\n")));
  }

  /** The server that the chat is at, with its own key: one of a cluster may have another than the user has given. */
  async #linkServer(): Promise<LinkServer> {
    const { chat, connection, screen } = this.#context;
    const server = screen.server ?? connection;
    const address = formatEndpoint(server);
    const { cluster } = chat.client.chat;
    const isGiven = [connection, ...connection.hosts ?? []].map(formatEndpoint).includes(address);
    const [peer = null] = isGiven ? [] : cluster?.peers ?? [];
    const tls = await trustPeer(connection.tls, peer);
    // The user has not named this server: what is known of the others says nothing of its key
    const beside = peer === null ? connection : server;
    return await linkServer(server, { ...beside, ...(tls !== undefined && { tls }) }, cluster);
  }

  /** What is shared, and how; `null` for an open quote, no name, or several. */
  #parse(argument: string): { readonly name: string; readonly options: LinkOptions } | null {
    const { locale } = this.#context;
    const words = splitWords(argument.replace(QUOTED_VALUE, "$1 "));
    if (words === null) return null;
    const { args, quoted } = sortWords(words);
    const env = (name: string) => name === "TCP_CHAT_LANG" ? locale.language : undefined;
    const { values, positionals } = parseOptions(LINK_OPTIONS, args, env);
    const [name, ...others] = quoted.length > 0 ? [...quoted, ...positionals] : [
      positionals.length === words.length ? argument.trim() : positionals.join(" "),
    ];
    if (!name || others.length > 0) return null;
    return { name, options: linkOptions(values, locale) };
  }

  /** Prints the links of the account, of an admin those of all. */
  async #list(): Promise<void> {
    const { chat, locale, print } = this.#context;
    const links = await chat.client.links.list();
    const lines = describeLinks(links, locale);
    print(lines.length === 0 ? locale.fill(LINK_TEXTS.none) : cleanText(lines.join("\n")));
  }

  /** Takes links back, and goes on after a failure. */
  async #unshare(argument: string): Promise<void> {
    const { chat, locale, print, fail, usage } = this.#context;
    const words = splitWords(argument);
    if (words === null || words.length === 0) return usage("unshare");
    const ids = words.map(({ text }) => requireLinkId(text, locale));
    for (const id of ids) {
      try {
        await chat.client.links.revoke(id);
        print(locale.fill(LINK_TEXTS.revoked, { id: cleanLine(id) }));
      } catch (error) {
        fail(error, id);
      }
    }
  }
}

/** The words as a command line, but for quoted ones: they are names, or values of the options before them. */
function sortWords(words: readonly Word[]): { readonly args: string[]; readonly quoted: string[] } {
  const args: string[] = [];
  const quoted: string[] = [];
  for (const [at, { text, isQuoted }] of words.entries()) {
    const before = words[at - 1];
    const takes = before?.isQuoted === false && takesValue(before.text);
    if (!isQuoted) args.push(text);
    else if (takes) args[args.length - 1] = `${before.text}=${text}`;
    else quoted.push(text);
  }
  return { args, quoted };
}

/** Whether a word is an option that the next word is the value of. */
function takesValue(word: string): boolean {
  const [, spec] = Object.entries<OptionSpec>(LINK_OPTIONS)
    .find(([name]) => word === `--${name}`) ?? [];
  return spec !== undefined && spec.kind !== "flag";
}
