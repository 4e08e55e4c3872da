import { join } from "@std/path";
import type { BenchFixture } from "./fixture.ts";
import { freePort, waitForListener } from "./ports.ts";

/** Folders of administrative programs, which a user's PATH may not contain. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];
const STDIO = { stdin: "null", stdout: "null", stderr: "piped" } as const;

/** The child processes that would outlive an interrupted bench. */
const running = new Set<Deno.ChildProcess>();
globalThis.addEventListener("unload", () => {
  for (const child of running) child.kill();
});

/** A program that serves until disposal. It must stay in the foreground. */
export class Service implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #errorOutput: Promise<string>;

  private constructor(command: string, args: readonly string[]) {
    this.#child = new Deno.Command(command, { args: [...args], ...STDIO }).spawn();
    running.add(this.#child);
    this.#errorOutput = new Response(this.#child.stderr).text();
  }

  /**
   * Starts the program; resolves once it listens on `port`.
   *
   * @throws with its standard error if it exits instead
   */
  static async start(command: string, args: readonly string[], port: number): Promise<Service> {
    const service = new Service(command, args);
    const end = new AbortController();
    service.#child.status.then(() => end.abort());
    try {
      await waitForListener(port, end.signal);
      return service;
    } catch (cause) {
      await service[Symbol.asyncDispose]();
      const errorOutput = (await service.#errorOutput).trim();
      throw new Error(`${command} did not start: ${errorOutput}`, { cause });
    }
  }

  /** CPU seconds of the program so far, and of those that it has started and that have ended. */
  cpuSeconds(): number {
    const { own, ended } = readCpuSeconds(this.#child.pid);
    return own + ended;
  }

  /** The number of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Ends the program. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill();
    } catch {
      // It has exited already
    }
    await this.#child.status;
    await this.#errorOutput;
    running.delete(this.#child);
  }
}

/** The largest memory so far of a process, in bytes; `null` where the system does not tell. */
export function peakBytesOf(pid: number): number | null {
  try {
    const [, kib] = /^VmHWM:\s*(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null; // It has ended
  }
}

/** How often the memory of a program is looked at. */
const PEAK_MS = 20;

/**
 * Runs a program to its end; resolves to the seconds it took.
 *
 * @param onPeak called again and again with its largest memory so far, in bytes
 * @throws with its standard error if it fails
 */
export async function run(
  command: string,
  args: readonly string[],
  onPeak?: (bytes: number) => void,
): Promise<number> {
  const startedMs = performance.now();
  const child = new Deno.Command(command, { args: [...args], ...STDIO }).spawn();
  running.add(child);
  let peakBytes = 0;
  const look = () => onPeak?.(peakBytes = Math.max(peakBytes, peakBytesOf(child.pid) ?? 0));
  const timer = onPeak && setInterval(look, PEAK_MS);
  const [{ code }, errorOutput] = await Promise.all([
    child.status,
    new Response(child.stderr).text(),
  ]);
  const seconds = (performance.now() - startedMs) / 1000;
  clearInterval(timer);
  running.delete(child);
  if (code === 0) return seconds;
  throw new Error(`${command} ended with code ${code}: ${errorOutput.trim()}`);
}

/** The unit of the times in `/proc`, which is the same on all of Linux. */
const TICKS_PER_SECOND = 100;

/**
 * The CPU seconds, user and system, of a process, and of those that it has started and that have ended.
 *
 * @param pid a process. Default: this one
 */
export function readCpuSeconds(pid: number | "self" = "self"): { own: number; ended: number } {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // From the third on
  const seconds = (at: number) => Number(fields[at - 3]) / TICKS_PER_SECOND;
  return { own: seconds(14) + seconds(15), ended: seconds(16) + seconds(17) };
}

/** The path of a program, or `null`. */
export function findProgram(name: string): string | null {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Starts the server program with uploads; `address` is for the client program. */
export async function startServerProgram(
  fixture: BenchFixture,
): Promise<{ service: Service; address: string; port: number }> {
  const port = freePort();
  const options = ["--host", "127.0.0.1", "--port", String(port), "--root", fixture.served];
  const more = ["--data", fixture.state, "--allow-upload", "--no-console", "--quiet"];
  const args = program("server.ts", [...options, ...more]);
  const service = await Service.start(Deno.execPath(), args, port);
  return { service, address: `127.0.0.1:${port}`, port };
}

/**
 * Runs the client program to its end; resolves to the seconds it took.
 *
 * @param onPeak as for {@link run}
 * @throws if it fails
 */
export function runClient(
  args: readonly string[],
  onPeak?: (bytes: number) => void,
): Promise<number> {
  const isQuiet = args[0] === "ls" ? [] : ["--quiet"]; // It shows no progress
  return run(Deno.execPath(), program("client.ts", [...args, ...isQuiet]), onPeak);
}

function program(script: string, args: readonly string[]): string[] {
  return ["run", "-q", "-A", new URL(`../${script}`, import.meta.url).pathname, ...args];
}
