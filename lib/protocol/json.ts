import { ProtocolError, RequestError } from "./errors.ts";

/** A JSON object from the wire, unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The largest `id` of a request, 2^31 - 1. */
export const LARGEST_ID = 0x7fff_ffff;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes the payload of a control frame of protocol 2.
 *
 * @throws {ProtocolError} `bad-json` if it is not UTF-8 or not JSON
 * @throws {RequestError} `bad-request` if it is JSON, but no object
 */
export function decodeObject(payload: Uint8Array): JsonObject {
  const value = parse(payload);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new RequestError("bad-request", "Cannot read the frame: its payload is not a JSON object");
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(payload));
  } catch (cause) {
    throw new ProtocolError("bad-json", "Cannot read the frame: its payload is not JSON", {
      cause,
    });
  }
}

/**
 * Reads the members of an object from a peer, each with the type it must have. Other members are
 * ignored; `null` counts as absent.
 *
 * A missing or wrong member throws a {@link RequestError} `bad-request` that names it.
 */
export class Fields {
  readonly #object: JsonObject;

  /** Does not change `object`. */
  constructor(object: JsonObject) {
    this.#object = object;
  }

  /** Whether the member is present and not `null`. */
  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** The `id` of a request. */
  id(): number {
    return this.integer("id", { minimum: 1, maximum: LARGEST_ID });
  }

  /** A text of well-formed Unicode. */
  text(name: string): string {
    const value = this.#get(name);
    if (typeof value === "string" && value.isWellFormed()) return value;
    throw wrong(name, "a text");
  }

  /** The same; `undefined` if it is absent. */
  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  /** A whole number, by default from 0 to 2^53 - 1. */
  integer(
    name: string,
    { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: { minimum?: number; maximum?: number } = {},
  ): number {
    const value = this.#get(name);
    if (Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum) {
      return Number(value);
    }
    throw wrong(name, `a whole number from ${minimum} to ${maximum}`);
  }

  /** The same; `undefined` if it is absent. */
  optionalInteger(
    name: string,
    range: { minimum?: number; maximum?: number } = {},
  ): number | undefined {
    return this.has(name) ? this.integer(name, range) : undefined;
  }

  /** A boolean, by default `false` if it is absent. */
  flag(name: string, absent = false): boolean {
    const value = this.#get(name) ?? absent;
    if (typeof value === "boolean") return value;
    throw wrong(name, "true or false");
  }

  /** A SHA-256 in hex, returned in lower case. */
  sha256(name: string): string {
    const value = this.#get(name);
    if (typeof value === "string" && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
    throw wrong(name, "a SHA-256 of 64 hexadecimal digits");
  }

  /** The same; `null` if it is absent. */
  optionalSha256(name: string): string | null {
    return this.has(name) ? this.sha256(name) : null;
  }

  /** A list of objects. */
  objects(name: string): Fields[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) throw wrong(name, "a list");
    return value.map((item) => {
      if (typeof item !== "object" || item === null) throw wrong(name, "a list of objects");
      return new Fields(item);
    });
  }

  /** A list of texts; empty if it is absent or no list. Items that are no texts are left out. */
  texts(name: string): string[] {
    const value = this.#get(name);
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  /** An object; an empty object if it is absent. */
  object(name: string): Fields {
    const value = this.#get(name) ?? {};
    if (typeof value === "object" && !Array.isArray(value)) return new Fields(value as JsonObject);
    throw wrong(name, "an object");
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? this.#object[name] ?? undefined : undefined;
  }
}

function wrong(name: string, expected: string): RequestError {
  return new RequestError("bad-request", `Cannot read the frame: "${name}" must be ${expected}`);
}
