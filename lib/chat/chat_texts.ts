import type { RoomEvent } from "../protocol/chat_events.ts";
import { SERVER_NAME } from "../protocol/chat_names.ts";
import type { Language } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";

/** Texts for members of protocol 1, in place of events that it lacks. */
export interface ChatTexts {
  /** The text of a `file` event, as if said by the uploader. */
  readonly file: (path: string) => string;
  /** The name shown for the sender of a private message. */
  readonly privateSender: (nick: string) => string;
  /** The text of a `topic` event; the topic is `""` if it was removed. */
  readonly topic: (nick: string, text: string) => string;
  /** The text for the sender of a private message whose recipient was lost before it was confirmed. */
  readonly undelivered: (nick: string, text: string) => string;
}

/** The texts in each language. */
export const CHAT_TEXTS: Readonly<Record<Language, ChatTexts>> = {
  "en": {
    file: (path) => `here is the file ${path}`,
    privateSender: (nick) => `${nick} → you`,
    undelivered: (nick, text) => `your private message to ${nick} may not have arrived: ${text}`,
    topic: (nick, text) =>
      text === "" ? `${nick} removed the topic` : `${nick} set the topic: ${text}`,
  },
  "pt-BR": {
    file: (path) => `aqui está o arquivo ${path}`,
    privateSender: (nick) => `${nick} → você`,
    undelivered: (nick, text) =>
      `sua mensagem privada para ${nick} talvez não tenha chegado: ${text}`,
    topic: (nick, text) =>
      text === "" ? `${nick} removeu o assunto` : `${nick} mudou o assunto: ${text}`,
  },
};

/**
 * Formats a chat line of protocol 1 (section 2.3 of the protocol). Further lines of the text are
 * indented: none can pose as a message of another.
 */
export function formatLine(name: string, text: string): string {
  return `[${name}]: ${text.replace(LINE_BREAKS, "$&    ")}`;
}

const LINE_BREAKS = /[\n\u2028\u2029]/g;

/** Encodes a CHAT frame for a client. */
export function encodeLine(name: string, text: string): Uint8Array {
  return encodeFrame("CHAT", formatLine(name, text));
}

/** Encodes a notice of the server as a CHAT frame. */
export function encodeNotice(text: string): Uint8Array {
  return encodeLine(SERVER_NAME, text);
}

/** Formats an event of a room as a chat line. */
export function formatEventLine(event: RoomEvent, texts: ChatTexts): string {
  return formatLine(event.from, event.event === "file" ? texts.file(event.path) : event.text);
}

/** Encodes an event of a room as a CHAT frame. */
export function encodeEventLine(event: RoomEvent, texts: ChatTexts): Uint8Array {
  return encodeFrame("CHAT", formatEventLine(event, texts));
}
