/**
 * Compiles the executable into dist/: `deno task compile` for this system, with a link named
 * `tcp-chat-server`, by which it is the server; `deno task compile:all` for every system, with
 * SHA256SUMS. `--output DIR` selects another folder.
 *
 * COMPILE_DENO names the Deno to compile with; by default it is the running Deno. DENORT_BIN, which
 * Deno reads itself, names a runtime for the executables of this system.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { basename, dirname, join, resolve } from "@std/path";
import config from "../deno.json" with { type: "json" };
import { hashFileSync } from "../lib/files/find_received.ts";
import { loadedByUrl } from "./pack/loaded_by_url.ts";

type PermissionSet = Readonly<Record<string, boolean | readonly string[]>>;

/** The client's program has the server's as its command `serve`. */
const ENTRY = "client.ts";
const NAME = "tcp-chat";
/** The name of the link that is the server. */
const SERVER_LINK = "tcp-chat-server";
/** The systems that executables are made for. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
] as const;
const ROOT = resolve(import.meta.dirname ?? ".", "..");

class CompileError extends Error {
  override name = "CompileError";
}

/** Converts a permission set of deno.json to flags, so that the set is stated only once. */
export function permissionFlags(permissions: PermissionSet): string[] {
  return Object.entries(permissions).flatMap(([kind, value]) => {
    if (value === true) return [`--allow-${kind}`];
    return value === false || value.length === 0 ? [] : [`--allow-${kind}=${value.join(",")}`];
  });
}

/** The file name of an executable; without a target, the plain name for this system. */
export function outputName(name: string, target?: string): string {
  const windows = target === undefined
    ? Deno.build.os === "windows"
    : target.endsWith("windows-msvc");
  return `${name}${target === undefined ? "" : `-${target}`}${windows ? ".exe" : ""}`;
}

async function compile(folder: string, target?: string): Promise<string> {
  const output = join(folder, outputName(NAME, target));
  const deno = Deno.env.get("COMPILE_DENO") || Deno.execPath();
  const args = ["compile", "--quiet", "--no-check", "--no-prompt", "--frozen"];
  for (const module of loadedByUrl(ROOT).values()) args.push("--include", module);
  args.push(...permissionFlags(config.permissions.server));
  if (target !== undefined) args.push("--target", target);
  args.push("--output", output, ENTRY);

  const { success, stderr } = await run(deno, args, compileEnvironment(target));
  if (!success) throw new CompileError(explain(output, new TextDecoder().decode(stderr).trim()));
  return output;
}

/**
 * The environment of the compiler. DENORT_BIN is for this system, so it must not be used for
 * others.
 */
function compileEnvironment(target?: string): Record<string, string> {
  const { DENORT_BIN, ...env } = Deno.env.toObject();
  const native = target === undefined || target === Deno.build.target;
  const runtime = native && DENORT_BIN ? { DENORT_BIN } : {};
  return { ...env, ...runtime, NO_COLOR: "1", RUST_BACKTRACE: "0" };
}

async function run(deno: string, args: string[], env: Record<string, string>) {
  try {
    const command = new Deno.Command(deno, { args, cwd: ROOT, env, clearEnv: true, stdin: "null" });
    return await command.output();
  } catch (cause) {
    throw new CompileError(`Cannot compile: ${deno} (COMPILE_DENO) does not start`, { cause });
  }
}

function explain(output: string, stderr: string): string {
  const runtimeMissing = /denort|dl\.deno\.land|download/i.test(stderr);
  const hint = runtimeMissing
    ? "\nDeno downloads the runtime of an executable from dl.deno.land. Where that can't be reached," +
      " let DENORT_BIN name a runtime for this system, and COMPILE_DENO the Deno of its version."
    : "";
  return `Cannot compile ${output}:\n${stderr}${hint}`;
}

/** Gives the executable its second name. Links of Windows need no right if they are hard ones. */
function linkServer(executable: string): string {
  const link = join(dirname(executable), outputName(SERVER_LINK));
  removeIfThere(link);
  if (Deno.build.os === "windows") Deno.linkSync(executable, link);
  else Deno.symlinkSync(basename(executable), link);
  return link;
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function writeSums(folder: string, outputs: readonly string[]): Promise<string> {
  const sums: string[] = [];
  for (const output of outputs) sums.push(`${hashFileSync(output)}  ${basename(output)}\n`);
  const path = join(folder, "SHA256SUMS");
  await Deno.writeTextFile(path, sums.join(""));
  return path;
}

async function main(all: boolean, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const outputs: string[] = [];
  for (const target of all ? TARGETS : [undefined]) {
    const output = await compile(folder, target);
    const { size } = await Deno.stat(output);
    console.log(`${output}  ${(size / 1e6).toFixed(1)} MB`);
    outputs.push(output);
  }
  console.log(all ? await writeSums(folder, outputs) : linkServer(outputs[0]!));
}

function onUnknown(arg: string): never {
  console.error(`Unexpected ${arg}; there are --all and --output DIR`);
  Deno.exit(2);
}

if (import.meta.main) {
  const { all, output } = parseArgs(Deno.args, {
    boolean: "all",
    string: "output",
    default: { output: resolve(ROOT, "dist") },
    unknown: onUnknown,
  });
  try {
    await main(all === true, resolve(String(output)));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
