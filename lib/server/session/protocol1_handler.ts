import { encodeNotice } from "../../chat/chat_texts.ts";
import type { Member } from "../../chat/member.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import {
  describeFailure,
  type ProtocolError,
  RequestError,
  type RequestErrorCode,
} from "../../protocol/errors.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { cleanLine, decodeChatText, splitText } from "../../protocol/text.ts";
import type { Frame } from "../../stream/frames/frame_reader.ts";
import { reportFailure } from "../context/failure_reply.ts";
import type { SessionContext } from "../context/session_context.ts";
import { countRefusal } from "../monitoring/stats.ts";
import { Protocol1Files } from "../transfers/protocol1_files.ts";
import { ChatRateLimit } from "./chat_rate_limit.ts";
import type { ProtocolHandler } from "./protocol_handler.ts";

/** Types of ignored frames that are logged per client. */
const MAX_LOGGED_TYPES = 8;

/** Handles the frames of a client of protocol 1: FILE and CHAT. */
export class Protocol1Handler implements ProtocolHandler {
  readonly #context: SessionContext;
  /** Made on demand: most clients only chat. */
  #files: Protocol1Files | null = null;
  readonly #rateLimit: ChatRateLimit;
  #ignoredTypes: Set<string> | null = null;

  /** Sends nothing by itself. */
  constructor(context: SessionContext) {
    this.#context = context;
    this.#rateLimit = new ChatRateLimit(context.services.settings.chatPerSecond);
  }

  get stuckSinceMs(): null {
    return null;
  }

  get answersPing(): boolean {
    return false;
  }

  get isIdleBeforeLogin(): boolean {
    return !this.#context.identity.isAdmitted;
  }

  sendKicked(): void {}

  onFrame(frame: Frame): Promise<void> | void {
    if (frame.kind === "data") {
      this.#onUnknown("FDAT");
      return this.#context.connection.reader.recycle(frame.bytes.buffer);
    }
    const type = frame.kind === "zstd" ? "FZST" : frame.type;
    if ((type === "FILE" || type === "CHAT") && !this.#context.identity.isAdmitted) {
      return this.#rejectGuest();
    }
    if (type === "FILE") {
      this.#files ??= new Protocol1Files(this.#context);
      return this.#files.add(frame.payload);
    }
    if (type === "CHAT") return this.#onChat(frame.payload);
    this.#onUnknown(type);
  }

  onEnd(): void {}

  onClosed(): void {
    this.#files?.onClosed();
  }

  sendViolation({ code }: ProtocolError): void {
    if (code !== "too-large") return;
    this.#log("too-large");
    const text = describeFailure("too-large", this.#context.services.settings.language);
    this.#context.connection.writer.send(encodeFrame("FERR", text));
  }

  async idle(): Promise<void> {
    await this.#files?.idle();
  }

  #onChat(payload: Uint8Array): void {
    const { identity: { member }, services: { settings } } = this.#context;
    if (member === null) return this.#refuseChat(settings.chat ? "denied" : "unsupported");
    if (!this.#rateLimit.take()) return this.#refuseChat("rate-limited");
    for (const text of splitText(decodeChatText(payload))) {
      if (text.trim() !== "") this.#sendMessage(member, text);
    }
  }

  async #sendMessage(member: Member, text: string): Promise<void> {
    const { services: { settings, hub, stats }, identity } = this.#context;
    const { nick } = member;
    try {
      await hub.send(member, LOBBY, text);
    } catch (error) {
      return this.#refuseChat(error instanceof RequestError ? error.code : "internal");
    }
    stats.messages++;
    settings.onEvent({ event: "chat", ...identity.label, nick, room: LOBBY, text });
  }

  #refuseChat(code: RequestErrorCode): void {
    if (!this.#rateLimit.shouldTell()) return;
    this.#log(code);
    const text = describeFailure(code, this.#context.services.settings.language);
    this.#context.connection.writer.send(encodeNotice(text));
  }

  /** Logs a type once, and a limited number of types: a client must not fill the log. */
  #onUnknown(type: string): void {
    this.#ignoredTypes ??= new Set();
    if (this.#ignoredTypes.has(type) || this.#ignoredTypes.size >= MAX_LOGGED_TYPES) return;
    this.#ignoredTypes.add(type);
    this.#log("unsupported", { type: cleanLine(type) });
  }

  /** Protocol 1 has no login. */
  #rejectGuest(): void {
    const { services, identity, connection, onDone } = this.#context;
    const { message } = reportFailure(services, identity, new RequestError("unauthenticated"));
    connection.writer.send(encodeFrame("FERR", message));
    onDone();
  }

  #log(code: RequestErrorCode, details: { type?: string } = {}): void {
    const { services: { settings, stats }, identity } = this.#context;
    const { address } = identity;
    countRefusal(stats, code);
    settings.onEvent({ event: "refused", ...identity.label, address, code, ...details });
  }
}
