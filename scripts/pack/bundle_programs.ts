import { fromFileUrl, join } from "@std/path";
import { filesBelow } from "./files_below.ts";
import { bundledSources } from "./licenses.ts";
import { loadedByUrl, withBundledUrls } from "./loaded_by_url.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const ENTRIES: readonly string[] = ["client.ts", "server.ts"];

/** The programs as JavaScript. */
export interface Programs {
  /** The texts of the files, by their paths. */
  readonly files: ReadonlyMap<string, string>;
  /** The paths of all modules that they are made of. */
  readonly sources: readonly string[];
}

/** Bundles both programs and what they load by a URL, as their thread: `client.js`, `server.js` and what they share. */
export async function bundlePrograms(): Promise<Programs> {
  const folder = await Deno.makeTempDir({ prefix: "tcp-chat-bundle-" });
  try {
    const byUrl = loadedByUrl(ROOT);
    await runBundler(folder, [...ENTRIES, ...byUrl.values()]);
    const paths = filesBelow(folder);
    const sources = paths.filter((path) => path.endsWith(".map"))
      .flatMap((path) => bundledSources(join(folder, path)));
    const files = new Map<string, string>();
    for (const path of paths.filter((path) => path.endsWith(".js"))) {
      const text = Deno.readTextFileSync(join(folder, path));
      files.set(path, withBundledUrls(path, text, byUrl));
    }
    return { files, sources };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** It does not minify: esbuild 0.25 would take `using` from variables that are read once. */
async function runBundler(folder: string, entries: readonly string[]): Promise<void> {
  const options = ["--platform=deno", "--code-splitting", "--sourcemap=external"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...options, "--outdir", folder, ...entries],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr)}`);
}
