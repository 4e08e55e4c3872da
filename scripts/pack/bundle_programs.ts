import { dirname, fromFileUrl, join } from "@std/path";
import { filesBelow } from "./files_below.ts";
import { bundledSources } from "./licenses.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const ENTRIES: readonly string[] = ["client.ts", "server.ts", "lib/worker/main.ts"];
/** The worker's entry, as `lib/worker/worker_thread.ts` names it, and as the bundles have it. */
const WORKER = ["./main.ts", "./lib/worker/main.js"] as const;

/** The programs as JavaScript. */
export interface Programs {
  /** The texts of the files, by their paths. */
  readonly files: ReadonlyMap<string, string>;
  /** The paths of all modules that they are made of. */
  readonly sources: readonly string[];
}

/** Bundles both programs and their thread: `client.js`, `server.js` and what they share. */
export async function bundlePrograms(): Promise<Programs> {
  const folder = await Deno.makeTempDir({ prefix: "tcp-chat-bundle-" });
  try {
    await runBundler(folder);
    const paths = filesBelow(folder);
    const sources = paths.filter((path) => path.endsWith(".map"))
      .flatMap((path) => bundledSources(join(folder, path)));
    const scripts = paths.filter((path) => path.endsWith(".js"))
      .map((path) => [path, Deno.readTextFileSync(join(folder, path))] as const);
    return { files: withWorker(new Map(scripts)), sources };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** It does not minify: esbuild 0.25 would take `using` from variables that are read once. */
async function runBundler(folder: string): Promise<void> {
  const options = ["--platform=deno", "--code-splitting", "--sourcemap=external"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...options, "--outdir", folder, ...ENTRIES],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr)}`);
}

/** The bundler leaves the URL of the thread as it is. */
function withWorker(files: ReadonlyMap<string, string>): Map<string, string> {
  const [source, bundled] = WORKER.map((path) => `new URL("${path}", import.meta.url)`);
  const holders = [...files].filter(([, text]) => text.includes(source!));
  const [path] = holders[0] ?? [];
  if (holders.length !== 1 || path === undefined || dirname(path) !== ".") {
    throw new Error(`Cannot set the URL of the worker: ${holders.length} files have it`);
  }
  return new Map([...files].map(([path, text]) => [path, text.replace(source!, bundled!)]));
}
