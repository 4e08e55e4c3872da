import { SERVER_ID } from "../files/server_id.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Fields } from "../protocol/json.ts";

const INCARNATION = /^[a-z2-7]{8}\.[0-9a-z]{1,12}$/;

/** Reads the id of a server. @throws {RequestError} `bad-request` */
export function decodeServerId(fields: Fields, name: string): string {
  return match(fields.text(name), SERVER_ID);
}

/** Reads an incarnation of a server. @throws {RequestError} `bad-request` */
export function decodeIncarnation(fields: Fields, name: string): string {
  return match(fields.text(name), INCARNATION);
}

/** The id of the server that has an incarnation. */
export function serverOf(incarnation: string): string {
  return incarnation.slice(0, incarnation.indexOf("."));
}

function match(text: string, pattern: RegExp): string {
  if (pattern.test(text)) return text;
  throw new RequestError("bad-request");
}

/** Makes new incarnations of a server: each has a later time than the one before. */
export function newIncarnations(server: string): () => string {
  let lastMs = 0;
  return () => {
    lastMs = Math.max(lastMs + 1, Date.now());
    return `${server}.${lastMs.toString(36)}`;
  };
}
