/** Where this process, or a thread of it, is to die. */
export interface CrashPoint {
  /** Before which call to the file system, counted from 1; with 0 it lives. */
  readonly call: number;
  /** Counts the calls of that name only. */
  readonly only?: string;
  /** After half of that call instead, which must be a write. */
  readonly half: boolean;
}

type Call = (this: unknown, ...args: unknown[]) => unknown;

/** What of `Deno` reaches the file system, by its path … */
const FUNCTIONS = [
  ..."chmod link lstat mkdir open readDir readTextFile realPath remove rename stat".split(" "),
  ..."truncate utime writeFile writeTextFile".split(" "),
];
/** … and by its descriptor. Every one has a synchronous twin. */
const METHODS = "lock read seek stat sync syncData truncate tryLock utime write".split(" ");

/**
 * Counts every call of this thread to the file system from now on, and kills the process at one.
 *
 * @returns the names of those that counted so far, which grows
 */
export function crashAt(point: CrashPoint): string[] {
  const names: string[] = [];
  wrap(Deno, FUNCTIONS, names, point);
  wrap(Deno.FsFile.prototype, METHODS, names, point);
  return names;
}

function wrap(owner: object, wanted: string[], names: string[], point: CrashPoint): void {
  const calls = owner as Record<string, Call>;
  const { call, only, half } = point;
  for (const name of [...wanted, ...wanted.map((name) => `${name}Sync`)]) {
    const original = calls[name]!;
    calls[name] = function (...args) {
      const isCounted = only === undefined || name === only;
      if (!isCounted || names.push(name) !== call) return original.apply(this, args);
      if (half) writeHalf(this as Deno.FsFile, original, args);
      Deno.kill(Deno.pid, "SIGKILL");
      throw new Error("It did not die");
    };
  }
}

function writeHalf(file: Deno.FsFile, write: Call, [bytes]: unknown[]): void {
  const { length } = bytes as Uint8Array;
  write.call(file, (bytes as Uint8Array).subarray(0, length / 2));
}
