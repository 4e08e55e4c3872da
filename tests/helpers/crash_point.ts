/** The point at which this process or a thread of it is killed. */
export interface CrashPoint {
  /** The call to the file system before which it is killed, counted from 1; 0 for none. */
  readonly call: number;
  /** Counts only calls of that name. */
  readonly only?: string;
  /** Kills after half of that call, which must be a write. */
  readonly half: boolean;
}

type Call = (this: unknown, ...args: unknown[]) => unknown;

/** Functions of `Deno` that access the file system by path. */
const FUNCTIONS = [
  ..."chmod link lstat mkdir open readDir readTextFile realPath remove rename stat".split(" "),
  ..."truncate utime writeFile writeTextFile".split(" "),
];
/** Methods of `Deno.FsFile` that access it by descriptor. All have a synchronous variant. */
const METHODS = "lock read seek stat sync syncData truncate tryLock utime write".split(" ");

/** The variable of the process from which on its file worker counts: before, it looks for files. */
export const ARMED = "CRASH_POINT_ARMED";

/**
 * Counts the calls of this thread to the file system from now on, and kills the process at `point`.
 *
 * @param isArmed whether calls count. Default: always
 * @returns the names of the counted calls, which grows
 */
export function crashAt(point: CrashPoint, isArmed: () => boolean = () => true): string[] {
  const names: string[] = [];
  const counter = { names, isArmed };
  wrap(Deno, FUNCTIONS, counter, point);
  wrap(Deno.FsFile.prototype, METHODS, counter, point);
  return names;
}

interface Counter {
  readonly names: string[];
  readonly isArmed: () => boolean;
}

function wrap(owner: object, methods: string[], counter: Counter, point: CrashPoint): void {
  const { names, isArmed } = counter;
  const calls = owner as Record<string, Call>;
  const { call, only, half } = point;
  for (const name of [...methods, ...methods.map((name) => `${name}Sync`)]) {
    const original = calls[name]!;
    calls[name] = function (...args) {
      const isCounted = (only === undefined || name === only) && isArmed();
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
