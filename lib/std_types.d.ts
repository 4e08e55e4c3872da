// Types of the std modules, limited to the parts that this project uses: their npm build has none.
// Each module has the name that the import map in deno.json gives it.

declare module "@std/assert" {
  type ErrorClass<E extends Error = Error> = abstract new (...args: never[]) => E;

  export class AssertionError extends Error {
    constructor(message: string, options?: ErrorOptions);
  }

  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertFalse(expr: unknown, msg?: string): void;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): asserts actual is T;
  export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertInstanceOf<T>(
    actual: unknown,
    expectedType: abstract new (...args: never[]) => T,
    msg?: string,
  ): asserts actual is T;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertThrows(fn: () => unknown, msg?: string): unknown;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    errorClass: ErrorClass<E>,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    errorClass: ErrorClass<E>,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
}

declare module "@std/async/abortable" {
  /** The result of `promise`; rejects with the reason of the signal if that fires first. */
  export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;
}

declare module "@std/async/delay" {
  export interface DelayOptions {
    /** Rejects the promise with its reason. */
    signal?: AbortSignal | undefined;
  }

  /** Resolves after `ms` milliseconds. */
  export function delay(ms: number, options?: DelayOptions): Promise<void>;
}

declare module "@std/cli/parse-args" {
  export interface ParseOptions {
    /** Keys whose values are true or false. */
    boolean?: string | readonly string[];
    /** Keys whose values stay strings, even if they look like numbers. */
    string?: string | readonly string[];
    /** Keys that may be repeated; their values are arrays. */
    collect?: string | readonly string[];
    alias?: Record<string, string | readonly string[]>;
    default?: Record<string, unknown>;
    /** Called for an argument that is not declared; `false` keeps it out of the result. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }

  export type ParsedArgs = Record<string, unknown> & {
    /** Positional arguments; numbers if they look like it, unless `string` includes `_`. */
    _: (string | number)[];
  };

  export function parseArgs(args: readonly string[], options?: ParseOptions): ParsedArgs;
}

declare module "@std/crypto/timing-safe-equal" {
  /** Compares in a time that depends only on the lengths. */
  export function timingSafeEqual(
    a: ArrayBufferView | ArrayBufferLike | DataView,
    b: ArrayBufferView | ArrayBufferLike | DataView,
  ): boolean;
}

declare module "@std/fmt/bytes" {
  export interface FormatOptions {
    locale?: boolean | string | string[];
    maximumFractionDigits?: number;
  }

  /** "1.34 kB" for 1337. Throws a `TypeError` if the number is not finite. */
  export function format(num: number, options?: FormatOptions): string;
}

declare module "@std/fmt/colors" {
  export function setColorEnabled(value: boolean): void;
  export function getColorEnabled(): boolean;
  export function bold<T extends string>(str: T): T;
  export function dim<T extends string>(str: T): T;
  export function inverse<T extends string>(str: T): T;
  export function red<T extends string>(str: T): T;
  export function yellow<T extends string>(str: T): T;
  /** Uses a color of the 256-color palette. */
  export function rgb8<T extends string>(str: T, color: number): T;
}

declare module "@std/fmt/duration" {
  export interface FormatOptions {
    ignoreZero?: boolean;
  }

  /** "0d 0h 1m 39s" and so on for a number of milliseconds. */
  export function format(ms: number, options?: FormatOptions): string;
}

declare module "@std/path" {
  export interface GlobOptions {
    /** Whether to support extended syntax such as `@(a|b)`. Default `true`. */
    extended?: boolean;
  }

  export const SEPARATOR: "/" | "\\";

  export function isAbsolute(path: string): boolean;
  export function basename(path: string | URL, suffix?: string): string;
  export function dirname(path: string | URL): string;
  export function fromFileUrl(url: string | URL): string;
  export function globToRegExp(glob: string, options?: GlobOptions): RegExp;
  export function join(path: string | URL, ...paths: string[]): string;
  export function normalize(path: string | URL): string;
  export function relative(from: string, to: string): string;
  export function resolve(...pathSegments: string[]): string;
}

declare module "@std/path/posix/*" {
  export { basename, dirname, globToRegExp, isAbsolute, join, relative, resolve } from "@std/path";
  export const SEPARATOR: "/";
}

declare module "@std/path/windows/*" {
  export { basename, dirname, isAbsolute, join, relative, resolve } from "@std/path";
  export const SEPARATOR: "\\";
}

declare module "@std/streams/text-line-stream" {
  /** Splits text at LF and CRLF. */
  export class TextLineStream extends TransformStream<string, string> {
    constructor();
  }
}

declare module "@std/text/closest-string" {
  /** Throws if `possibleWords` is empty. */
  export function closestString(givenWord: string, possibleWords: readonly string[]): string;
}

declare module "@std/text/levenshtein-distance" {
  /** The number of insertions, removals and replacements that turn one string into the other. */
  export function levenshteinDistance(str1: string, str2: string): number;
}

declare module "dns-packet" {
  import type { Buffer } from "node:buffer";

  /** Reads a value at an offset; `decode.bytes` is the length of the last one. Throws at its end. */
  interface Decoder<T> {
    decode: { (bytes: Buffer, offset: number): T; bytes: number };
  }

  /** A name, with pointers followed. */
  export const name: Decoder<string>;
  /** The data of a record, which begin with their length. */
  export const a: Decoder<string>;
  export const srv: Decoder<{ readonly port: number; readonly target: string }>;
  export const txt: Decoder<Buffer[]>;
  /** Writes a packet. */
  export function encode(packet: {
    readonly type: "query" | "response";
    readonly id: number;
    readonly flags: number;
    readonly questions?: readonly {
      readonly type: string;
      readonly class: string;
      readonly name: string;
    }[];
    readonly answers?: readonly object[];
    readonly additionals?: readonly object[];
  }): Buffer;
  /** Reads a packet of any length. */
  export function decode(bytes: Buffer): {
    readonly answers: readonly { readonly name: string; readonly ttl: number }[];
  };
}
