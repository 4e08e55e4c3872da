import { join } from "@std/path";
import { freePort, listening } from "./ports.ts";
import type { BenchFixture } from "./fixture.ts";

/** Where system administrators' programs are, which a user's PATH may leave out. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];
const NOT_ASKED = { stdin: "null", stdout: "null", stderr: "piped" } as const;

/** All that would outlive a bench that is interrupted. */
const running = new Set<Deno.ChildProcess>();
globalThis.addEventListener("unload", () => {
  for (const child of running) child.kill();
});

/** A program that serves until it is not wanted any more. It must stay in the foreground. */
export class Service implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #complaint: Promise<string>;

  private constructor(command: string, args: readonly string[]) {
    this.#child = new Deno.Command(command, { args: [...args], ...NOT_ASKED }).spawn();
    running.add(this.#child);
    this.#complaint = new Response(this.#child.stderr).text();
  }

  /** Starts it; resolves once it listens on `port`. @throws what it says when it ends instead */
  static async start(command: string, args: readonly string[], port: number): Promise<Service> {
    const service = new Service(command, args);
    const end = new AbortController();
    service.#child.status.then(() => end.abort());
    try {
      await listening(port, end.signal);
      return service;
    } catch (cause) {
      await service[Symbol.asyncDispose]();
      const complaint = (await service.#complaint).trim();
      throw new Error(`${command} did not start: ${complaint}`, { cause });
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill();
    } catch {
      // It has ended already
    }
    await this.#child.status;
    await this.#complaint;
    running.delete(this.#child);
  }
}

/** Runs a program to its end; the seconds that took. @throws what it says when it fails */
export async function run(command: string, args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const child = new Deno.Command(command, { args: [...args], ...NOT_ASKED }).spawn();
  running.add(child);
  const [{ code }, complaint] = await Promise.all([
    child.status,
    new Response(child.stderr).text(),
  ]);
  const seconds = (performance.now() - startedMs) / 1000;
  running.delete(child);
  if (code === 0) return seconds;
  throw new Error(`${command} ended with code ${code}: ${complaint.trim()}`);
}

/** Where a program is, or `null`. */
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

/** Starts the server's program, with uploads; `address` is for the client's program. */
export async function startServerProgram(
  place: BenchFixture,
): Promise<{ service: Service; address: string; port: number }> {
  const port = freePort();
  const options = ["--host", "127.0.0.1", "--port", String(port), "--root", place.served];
  const more = ["--data", place.state, "--allow-upload", "--no-console", "--quiet"];
  const args = program("server.ts", [...options, ...more]);
  const service = await Service.start(Deno.execPath(), args, port);
  return { service, address: `127.0.0.1:${port}`, port };
}

/** Runs the client's program to its end; the seconds that took. @throws when it fails */
export function runClient(args: readonly string[]): Promise<number> {
  return run(Deno.execPath(), program("client.ts", [...args, "--quiet"]));
}

function program(script: string, args: readonly string[]): string[] {
  return ["run", "-q", "-A", new URL(`../${script}`, import.meta.url).pathname, ...args];
}
