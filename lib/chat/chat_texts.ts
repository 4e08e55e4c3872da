import type { RoomEvent } from "../protocol/chat_events.ts";
import { SERVER_NAME } from "../protocol/chat_names.ts";
import type { Language } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";

/** What protocol 1 clients read of that which protocol 1 does not know. */
export interface ChatTexts {
  /** What somebody says who put a file on the server, under the path that it can be asked for. */
  readonly file: (path: string) => string;
  /** Who speaks when somebody tells the reader something that nobody else gets. */
  readonly privately: (nick: string) => string;
}

/** Those texts in each language. */
export const CHAT_TEXTS: Readonly<Record<Language, ChatTexts>> = {
  "en": {
    file: (path) => `here is the file ${path}`,
    privately: (nick) => `${nick} → you`,
  },
  "pt-BR": {
    file: (path) => `aqui está o arquivo ${path}`,
    privately: (nick) => `${nick} → você`,
  },
};

/** Who speaks, and what, as protocol 1 has it. */
export function formatLine(name: string, text: string): string {
  return `[${name}]: ${text}`;
}

/** A CHAT frame of the server. */
export function encodeLine(name: string, text: string): Uint8Array {
  return encodeFrame("CHAT", formatLine(name, text));
}

/** A CHAT frame in the name of the server. */
export function encodeNotice(text: string): Uint8Array {
  return encodeLine(SERVER_NAME, text);
}

/** What happened in a room, as protocol 1 has it. */
export function formatEventLine(event: RoomEvent, texts: ChatTexts): string {
  return formatLine(event.from, event.event === "file" ? texts.file(event.path) : event.text);
}

/** What happened in a room, as a CHAT frame. */
export function encodeEventLine(event: RoomEvent, texts: ChatTexts): Uint8Array {
  return encodeFrame("CHAT", formatEventLine(event, texts));
}
