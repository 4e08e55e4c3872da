// Types of the std modules that this project uses: their npm build carries none.
// Each module is declared under the name that the import map in deno.json gives it.

declare module "@std/async/abortable" {
  /** The result of `promise`; rejects with the signal's reason when that fires first. */
  export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;
}

declare module "@std/async/delay" {
  export interface DelayOptions {
    /** Rejects the promise with its reason. */
    signal?: AbortSignal | undefined;
    persistent?: boolean;
  }

  /** Resolves after `ms` milliseconds. */
  export function delay(ms: number, options?: DelayOptions): Promise<void>;
}

declare module "@std/cli/parse-args" {
  export interface ParseOptions {
    /** Keys whose values are true or false; `true` treats every `--key` without `=` so. */
    boolean?: boolean | string | readonly string[];
    /** Keys whose values stay strings, even when they look like numbers. */
    string?: string | readonly string[];
    /** Keys that may stand more than once; their values are arrays. */
    collect?: string | readonly string[];
    /** Keys that `--no-KEY` sets to false. */
    negatable?: string | readonly string[];
    alias?: Record<string, string | readonly string[]>;
    default?: Record<string, unknown>;
    /** Put everything after the first positional argument into `_`. */
    stopEarly?: boolean;
    /** Put everything after `--` into the key `--` instead of `_`. */
    "--"?: boolean;
    /** Called with what no option declares; returning `false` keeps it out of the result. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }

  export type ParsedArgs = Record<string, unknown> & {
    /** Positional arguments; those that look like numbers are numbers, unless `string` names `_`. */
    _: (string | number)[];
    /** What followed `--`, with the option `--` set. */
    "--"?: string[];
  };

  export function parseArgs(args: readonly string[], options?: ParseOptions): ParsedArgs;
}

declare module "@std/cli/prompt-secret" {
  export interface PromptSecretOptions {
    /** Shown for each character typed, "*" by default; "" shows nothing. */
    mask?: string;
    /** Clear the line afterwards. */
    clear?: boolean;
  }

  /** Returns `null` where standard input is not a terminal. */
  export function promptSecret(message?: string, options?: PromptSecretOptions): string | null;
}

declare module "@std/fmt/colors" {
  export interface Rgb {
    r: number;
    g: number;
    b: number;
  }

  export function setColorEnabled(value: boolean): void;
  export function getColorEnabled(): boolean;
  export function stripAnsiCode(string: string): string;

  export function reset(str: string): string;
  export function bold(str: string): string;
  export function dim(str: string): string;
  export function italic(str: string): string;
  export function underline(str: string): string;
  export function inverse(str: string): string;
  export function hidden(str: string): string;
  export function strikethrough(str: string): string;

  export function black(str: string): string;
  export function red(str: string): string;
  export function green(str: string): string;
  export function yellow(str: string): string;
  export function blue(str: string): string;
  export function magenta(str: string): string;
  export function cyan(str: string): string;
  export function white(str: string): string;
  export function gray(str: string): string;
  export function brightBlack(str: string): string;
  export function brightRed(str: string): string;
  export function brightGreen(str: string): string;
  export function brightYellow(str: string): string;
  export function brightBlue(str: string): string;
  export function brightMagenta(str: string): string;
  export function brightCyan(str: string): string;
  export function brightWhite(str: string): string;

  export function bgBlack(str: string): string;
  export function bgRed(str: string): string;
  export function bgGreen(str: string): string;
  export function bgYellow(str: string): string;
  export function bgBlue(str: string): string;
  export function bgMagenta(str: string): string;
  export function bgCyan(str: string): string;
  export function bgWhite(str: string): string;

  /** Colours with one of the 256 of the terminal's palette. */
  export function rgb8(str: string, color: number): string;
  export function bgRgb8(str: string, color: number): string;
  export function rgb24(str: string, color: number | Rgb): string;
  export function bgRgb24(str: string, color: number | Rgb): string;
}

declare module "@std/fmt/bytes" {
  export interface FormatOptions {
    bits?: boolean;
    /** Powers of 1024 (KiB) instead of 1000 (kB). */
    binary?: boolean;
    signed?: boolean;
    locale?: boolean | string | string[];
    minimumFractionDigits?: number;
    maximumFractionDigits?: number;
  }

  /** "1.34 kB" for 1337. Throws a `TypeError` for what is not finite. */
  export function format(num: number, options?: FormatOptions): string;
}

declare module "@std/fmt/duration" {
  export interface FormatOptions {
    /** "narrow" (0d 0h 1m 39s), "digital" (00:00:01:39) or "full" (…, 1 minute, 39 seconds). */
    style?: "narrow" | "digital" | "full";
    ignoreZero?: boolean;
  }

  /** Spells out a number of milliseconds. */
  export function format(ms: number, options?: FormatOptions): string;
}

declare module "@std/streams/text-line-stream" {
  export interface TextLineStreamOptions {
    /** Whether a single CR ends a line too. */
    allowCR?: boolean;
  }

  /** Splits text at LF and CRLF. */
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: TextLineStreamOptions);
  }
}

declare module "@std/crypto/timing-safe-equal" {
  /** Compares in a time that depends only on the lengths. */
  export function timingSafeEqual(
    a: ArrayBufferView | ArrayBufferLike | DataView,
    b: ArrayBufferView | ArrayBufferLike | DataView,
  ): boolean;
}

declare module "@std/text/closest-string" {
  export interface ClosestStringOptions {
    caseSensitive?: boolean;
    compareFn?: (a: string, b: string) => number;
  }

  /** Throws when `possibleWords` is empty. */
  export function closestString(
    givenWord: string,
    possibleWords: readonly string[],
    options?: ClosestStringOptions,
  ): string;
}

declare module "@std/text/levenshtein-distance" {
  /** How many characters must be inserted, removed or replaced to make one of the other. */
  export function levenshteinDistance(str1: string, str2: string): number;
}

declare module "@std/path" {
  export interface GlobOptions {
    /** Extended syntax such as `@(a|b)`; true by default. */
    extended?: boolean;
    /** `**` matches any number of folders; true by default. */
    globstar?: boolean;
    caseInsensitive?: boolean;
  }

  export interface ParsedPath {
    root: string;
    dir: string;
    base: string;
    ext: string;
    name: string;
  }

  export const SEPARATOR: "/" | "\\";
  export const SEPARATOR_PATTERN: RegExp;
  export const DELIMITER: ":" | ";";

  export function basename(path: string | URL, suffix?: string): string;
  export function dirname(path: string | URL): string;
  export function extname(path: string | URL): string;
  export function fromFileUrl(url: string | URL): string;
  export function toFileUrl(path: string): URL;
  export function globToRegExp(glob: string, options?: GlobOptions): RegExp;
  export function isGlob(str: string): boolean;
  export function isAbsolute(path: string): boolean;
  export function join(path: string | URL, ...paths: string[]): string;
  export function normalize(path: string | URL): string;
  export function parse(path: string): ParsedPath;
  export function relative(from: string, to: string): string;
  export function resolve(...pathSegments: string[]): string;
}

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
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  export function assertArrayIncludes<T>(
    actual: ArrayLike<T>,
    expected: ArrayLike<T>,
    msg?: string,
  ): void;
  export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertInstanceOf<T>(
    actual: unknown,
    expectedType: abstract new (...args: never[]) => T,
    msg?: string,
  ): asserts actual is T;
  export function assertNotInstanceOf<A, T>(
    actual: A,
    unexpectedType: abstract new (...args: never[]) => T,
    msg?: string,
  ): asserts actual is Exclude<A, T>;
  export function assertIsError<E extends Error = Error>(
    error: unknown,
    errorClass?: ErrorClass<E>,
    msgMatches?: string | RegExp,
    msg?: string,
  ): asserts error is E;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertObjectMatch(
    actual: Record<PropertyKey, unknown>,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
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
  export function equal(a: unknown, b: unknown): boolean;
  export function fail(msg?: string): never;
  export function unreachable(msg?: string): never;
}
