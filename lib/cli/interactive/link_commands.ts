import type { LinkOptions } from "../../client/client_links.ts";
import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import type { MadeLink } from "../../protocol/link_answers.ts";
import { cleanLine, cleanText, type DisplayText } from "../../protocol/text.ts";
import type { Endpoint } from "../../stream/endpoint.ts";
import { linkServer } from "../commands/links.ts";
import { folderPath } from "../commands/ls.ts";
import { LINK_OPTIONS, linkOptions, requireLinkId } from "../options/link_options.ts";
import { parseOptions } from "../options/options.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import {
  describeLinks,
  describeMade,
  describeUse,
  LINK_TEXTS,
  linkCommand,
} from "../view/link_text.ts";
import type { InteractiveOptions } from "./interactive_options.ts";
import { splitWords } from "./words.ts";

/** What the commands need. */
export interface LinkContext extends Pick<InteractiveOptions, "connection" | "locale"> {
  readonly chat: ReconnectingChat;
  /** The server of the last connection: the one that receivers are sent to. */
  readonly server: () => Endpoint;
  readonly print: (text: DisplayText) => void;
  /** Prints why the request for a path or a link failed, and records its exit code. */
  readonly fail: (error: unknown, name: string) => void;
  readonly usage: (command: "share" | "unshare") => void;
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
      fail(error, path === "" ? "/" : path);
    }
  }

  async #showMade(link: MadeLink): Promise<void> {
    const { connection, locale, print } = this.#context;
    const server = await linkServer(this.#context.server(), connection);
    const command = linkCommand(link, { server, program: typedPrograms().client, locale });
    const lines = [
      describeMade(link, locale),
      `  ${command}`,
      ...describeUse(link, server, `unshare ${link.id}`, locale),
    ];
    print(cleanText(lines.join("\n")));
  }

  /** What is shared, and how; `null` for no name or an open quote. Blanks need no quotes in one name. */
  #parse(argument: string): { readonly name: string; readonly options: LinkOptions } | null {
    const { locale } = this.#context;
    const words = splitWords(argument)?.map(({ text }) => text);
    if (words === undefined) return null;
    const env = (name: string) => name === "TCP_CHAT_LANG" ? locale.language : undefined;
    const { values, positionals } = parseOptions(LINK_OPTIONS, words, env);
    if (positionals.length === 0) return null;
    return { name: positionals.join(" "), options: linkOptions(values, locale) };
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
