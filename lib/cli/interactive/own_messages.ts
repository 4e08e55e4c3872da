import type { MessageTarget } from "../../client/chat.ts";
import type { SentMessage } from "../../client/chat_results.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import { RequestError, type RequestErrorCode } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { cleanText, display, type DisplayText, joinTexts, splitText } from "../../protocol/text.ts";
import { withNearNick } from "../options/with_near_nick.ts";
import { describeKept } from "../view/describe_kept.ts";
import type { CommandContext } from "./command_context.ts";
import { parseNick } from "./typed_names.ts";

/** Codes of messages that no server would take: to send them again is of no use. */
const MISTAKES: ReadonlySet<RequestErrorCode> = new Set([
  "bad-request",
  "too-large",
  "unsupported",
]);

/** A message that the server has not acknowledged. */
interface OwnMessage {
  readonly text: string;
  readonly target: MessageTarget;
  /** `refused`: the server has said no. `unsure`: the connection was lost before its answer. */
  state: "pending" | "refused" | "unsure";
}

/** What {@link OwnMessages} needs. */
interface OwnMessagesContext
  extends Pick<CommandContext, "chat" | "input" | "locale" | "refuseWithoutRoom"> {
  /** The room that messages go to; `null` for none. */
  readonly room: () => string | null;
  /** The nicks of the clients, as far as they are known. */
  readonly nicks: () => readonly string[];
  /** Called when the server has taken a message. */
  readonly onSent: (target: MessageTarget, sent: SentMessage) => void;
  /** Prints a failure, as `describe` makes it of its text, and records its exit code. */
  readonly fail: (error: unknown, describe: (reason: DisplayText) => DisplayText) => void;
}

/** The messages that are typed: what was not sent is kept, and can be sent again. */
export class OwnMessages {
  readonly #context: OwnMessagesContext;
  /** In the order of typing. */
  #messages: OwnMessage[] = [];

  /** Uses the chat and the input, owns neither. */
  constructor(context: OwnMessagesContext) {
    this.#context = context;
  }

  /** Sends a message to the room. */
  async say(text: string): Promise<void> {
    const room = this.#context.room();
    if (room === null) return this.#context.refuseWithoutRoom();
    await this.send(text, { room });
  }

  /** Sends a text of any length to the room, in pieces. */
  async sayAll(text: string): Promise<void> {
    await Promise.all(splitText(text, LIMITS.messageBytes).map((piece) => this.say(piece)));
  }

  /** Sends a private message. @param argument the nick and the text @param onMissing if one is missing */
  async sayPrivately(argument: string, onMissing: () => void): Promise<void> {
    const [, nick = "", text = ""] = /^(\S+)\s*(.*)$/s.exec(argument) ?? [];
    if (text === "") return onMissing();
    await this.send(text, { to: parseNick(nick) });
  }

  /**
   * Sends a message, whose typed line gives way to the one that the server sends to all. Without a
   * connection the line stays, and the message waits.
   *
   * @throws {RequestError} for a message that no server would take
   */
  async send(text: string, target: MessageTarget): Promise<void> {
    const { chat, input, locale } = this.#context;
    const message: OwnMessage = { text, target, state: "pending" };
    this.#messages.push(message);
    if (chat.isOnline && chat.client.protocol === 2) input.eraseEntered();
    try {
      const sent = await chat.say(text, target);
      this.#context.onSent(target, sent);
      const note = describeKept(target, sent, locale);
      if (note !== null) input.print(note);
      this.#remove(message);
    } catch (error) {
      if (!(error instanceof RequestError)) message.state = "unsure";
      else if (!MISTAKES.has(error.code)) message.state = "refused";
      else {
        this.#remove(message);
        throw error;
      }
      this.#tell(message, error);
    }
  }

  /** Keeps a message to the lobby that the chat could not send, though it has told that it was sent. */
  addUnsent({ text, error }: { readonly text: string; readonly error: unknown }): void {
    const message: OwnMessage = { text, target: { room: LOBBY }, state: "refused" };
    this.#messages.push(message);
    this.#tell(message, error);
  }

  /** Sends again what was refused and what may not have arrived. */
  async resend(): Promise<void> {
    const failed = this.#messages.filter(({ state }) => state !== "pending");
    this.#messages = this.#messages.filter(({ state }) => state === "pending");
    const { input, locale: { t } } = this.#context;
    if (failed.length === 0) return input.print(t("nothingUnsent"));
    await Promise.all(failed.map(({ text, target }) => this.send(text, target)));
  }

  /** A list of the messages that have not been sent, or may not have; `null` if there are none. */
  describeUnsent(): DisplayText | null {
    const unsent = this.#messages.filter(({ state }) => state !== "refused");
    if (unsent.length === 0) return null;
    const title = this.#context.locale.t("leftUnsent", { count: unsent.length });
    const lines = unsent.map((message) => display`  ${describe(message)}`);
    return joinTexts([title, ...lines], display`\n`);
  }

  #tell(message: OwnMessage, error: unknown): void {
    const { locale, fail, nicks } = this.#context;
    const { state, target } = message;
    const key = state === "unsure" ? "unsure" : "unsent";
    const isMissing = error instanceof RequestError && error.reason === "nick-unknown";
    const meant = (text: DisplayText) =>
      isMissing && "to" in target ? withNearNick(text, target.to, nicks(), locale) : text;
    fail(error, (reason) => locale.t(key, { text: describe(message), reason: meant(reason) }));
  }

  #remove(message: OwnMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
  }
}

function describe({ text, target }: OwnMessage): DisplayText {
  return cleanText("to" in target ? `${target.to}: ${text}` : text);
}
