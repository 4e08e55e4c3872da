import { RequestError } from "./errors.ts";
import { Fields, type JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";

/**
 * MMET: what comes of each file of an MGET, by its index in the request. The content of a file that is
 * in neither list follows; `sizes`, `mtimes` and `sha256` are of these, in their order.
 */
export interface BatchHead {
  /** Files whose content is what the client has. */
  readonly same: readonly number[];
  /** Files to be asked for on their own: they are large, just written, or refused for a reason. */
  readonly alone: readonly number[];
  /** Bytes of each content. */
  readonly sizes: readonly number[];
  /** Times of the last modification, milliseconds since 1970. */
  readonly mtimes: readonly number[];
  /** 64 hex digits for each content, one behind the other. */
  readonly sha256: string;
}

const SHA256_DIGITS = 64;

/** Encodes the fields of MMET. Empty lists are left out. */
export function batchHeadFields({ same, alone, sizes, mtimes, sha256 }: BatchHead): JsonObject {
  return {
    ...(same.length > 0 && { same }),
    ...(alone.length > 0 && { alone }),
    sizes,
    mtimes,
    sha256,
  };
}

/**
 * Decodes MMET.
 *
 * @param files the number of files in the request
 * @throws {RequestError} `bad-request` where it does not tell of each file once, or is beyond a limit
 */
export function decodeBatchHead(object: JsonObject, files: number): BatchHead {
  const same = integers(object, "same", { minimum: 0, maximum: files - 1 });
  const alone = integers(object, "alone", { minimum: 0, maximum: files - 1 });
  const sizes = integers(object, "sizes", { minimum: 0, maximum: LIMITS.batchFileBytes });
  const mtimes = integers(object, "mtimes", {
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
  });
  const sha256 = new Fields(object).text("sha256");
  const isWhole = new Set([...same, ...alone]).size + sizes.length === files &&
    same.length + alone.length + sizes.length === files &&
    mtimes.length === sizes.length && areHashes(sha256, sizes.length) &&
    contentBytes(sizes) <= LIMITS.batchBytes;
  if (isWhole) return { same, alone, sizes, mtimes, sha256 };
  throw new RequestError("bad-request", "Cannot read MMET: it does not tell of each file once");
}

/** The bytes of all contents. */
export function contentBytes(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Whether a text is so many SHA-256, in hex and lower case, one behind the other. */
export function areHashes(text: string, count: number): boolean {
  return text.length === SHA256_DIGITS * count && /^[0-9a-f]*$/.test(text);
}

/** The SHA-256, in hex, of the content with an index among the contents. */
export function sha256At(hashes: string, index: number): string {
  return hashes.slice(SHA256_DIGITS * index, SHA256_DIGITS * (index + 1));
}

/** The indices of the files whose content follows, in their order. */
export function contentIndices(files: number, { same, alone }: BatchHead): number[] {
  const others = new Set([...same, ...alone]);
  const indices: number[] = [];
  for (let i = 0; i < files; i++) if (!others.has(i)) indices.push(i);
  return indices;
}

/** A list of whole numbers in a range; empty if it is absent. @throws {RequestError} `bad-request` */
export function integers(
  object: JsonObject,
  name: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): number[] {
  const value = Object.hasOwn(object, name) ? object[name] : [];
  const isInRange = (item: unknown) =>
    Number.isSafeInteger(item) && Number(item) >= minimum && Number(item) <= maximum;
  if (Array.isArray(value) && value.every(isInRange)) return value;
  throw new RequestError(
    "bad-request",
    `Cannot read the frame: "${name}" must be a list of whole numbers from ${minimum} to ${maximum}`,
  );
}
