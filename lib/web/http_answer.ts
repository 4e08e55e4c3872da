import type { Language } from "../protocol/errors.ts";
import type { BulkWriter } from "../stream/frames/bulk_writer.ts";
import { preferredLanguage } from "./accept_language.ts";
import { type HttpFailure, phraseOf } from "./http_failure.ts";
import { plainHeaders } from "./security_headers.ts";

/** What a body is sent with. */
export interface BodyContext {
  /** The head of the answer, to be sent before the body. */
  readonly head: Uint8Array;
  readonly writer: BulkWriter;
}

/** The answer to a request. */
export interface HttpAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** In bytes; `null` for a body of unknown length, which is sent in chunks. */
  readonly length: number | null;
  /**
   * Sends head and body. If it rejects after the head, the connection is closed at once, so that
   * nothing short looks whole.
   */
  send(context: BodyContext): Promise<void>;
}

const encoder = new TextEncoder();
const LINE_BREAK = /[^\t\x20-\x7e\x80-\xff]/;

/** Encodes the head of an answer. @throws {TypeError} if a value would end its header */
export function encodeHead(status: number, headers: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => {
    if (LINE_BREAK.test(value)) throw new TypeError(`Cannot send the header ${name}: its value`);
    return `${name}: ${value}\r\n`;
  });
  return encoder.encode(`HTTP/1.1 ${status} ${phraseOf(status)}\r\n${lines.join("")}\r\n`);
}

/** An answer whose body is in memory. */
export function bytesAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): HttpAnswer {
  return {
    status,
    headers,
    length: body.length,
    send: async ({ head, writer }) => {
      await Promise.all([writer.sendBulk(head), writer.sendBulk(body)]);
    },
  };
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>>): HttpAnswer {
  return { status, headers, length: 0, send: ({ head, writer }) => writer.sendBulk(head) };
}

/** An answer whose body is one line of text. */
export function textAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const type = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  const all = { ...plainHeaders(), ...type, ...headers };
  return bytesAnswer(status, all, encoder.encode(`${text}\n`));
}

/** An answer whose body is a JSON object, which may be different the next time. */
export function jsonAnswer(value: unknown): HttpAnswer {
  const type = { "content-type": "application/json", "cache-control": "no-store" };
  return bytesAnswer(200, { ...plainHeaders(), ...type }, encoder.encode(JSON.stringify(value)));
}

/**
 * The answer to a request that fails, in the language that it asks for.
 *
 * @param list the value of Accept-Language; `undefined` if there is none
 * @param otherwise where it names none that is spoken here
 */
export function failureAnswer(
  { status, text, headers }: HttpFailure,
  list: string | undefined,
  otherwise: Language,
): HttpAnswer {
  const language = preferredLanguage(list, otherwise);
  const chosen = { "content-language": language, "vary": "accept-language" };
  return textAnswer(status, text[language], { ...chosen, ...headers });
}
