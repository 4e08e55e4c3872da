/**
 * Makes the npm package in dist/npm/: `deno task npm`; then `npm pack ./dist/npm` makes its tarball.
 * `--output DIR` selects another folder, which is replaced.
 *
 * The package holds the programs as JavaScript, since Deno runs no TypeScript below node_modules, and
 * depends on the Deno that made it. Its permissions are those of deno.json.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { dirname, fromFileUrl, join, resolve } from "@std/path";
import config from "../deno.json" with { type: "json" };
import { permissionFlags } from "./compile.ts";
import { bundlePrograms } from "./pack/bundle_programs.ts";
import { licensesOf } from "./pack/licenses.ts";
import { manPages, releaseDate } from "./write_man.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const LAUNCHERS = join(ROOT, "packaging/npm");
/** The packages that hold Deno's executable, one for each system. */
const DENO_PACKAGES: readonly string[] = [
  "@deno/darwin-arm64",
  "@deno/darwin-x64",
  "@deno/linux-arm64-glibc",
  "@deno/linux-x64-glibc",
  "@deno/win32-arm64",
  "@deno/win32-x64",
];
const FLAGS: readonly string[] = ["-q", "--no-prompt", "--no-config", "--no-lock"];

/** The text of `package.json`. @param deno the version of Deno to depend on */
export function packageJson(deno: string): string {
  const text = {
    name: "tcp-chat",
    version: config.version,
    description: "Chat and verified file transfer over TCP: one server, many clients",
    keywords: ["chat", "file-transfer", "file-server", "sha256", "tcp"],
    license: config.license,
    type: "module",
    bin: {
      "tcp-chat": "bin/tcp-chat.mjs",
      "tcp-chat-server": "bin/tcp-chat-server.mjs",
    },
    man: ["man/tcp-chat.1", "man/tcp-chat-server.1"],
    files: ["bin", "lib", "man", "THIRD-PARTY-LICENSES"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(DENO_PACKAGES.map((name) => [name, deno])),
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/** The texts of all files of the package, by their paths. */
async function npmPackage(): Promise<Map<string, string>> {
  const { files, sources } = await bundlePrograms();
  const read = (path: string) => Deno.readTextFileSync(join(ROOT, path));
  const launchers = [...Deno.readDirSync(LAUNCHERS)].map(({ name }) => name)
    .filter((name) => name.endsWith(".mjs"));
  const flags = [...FLAGS, ...permissionFlags(config.permissions.server)];
  const pages = [...manPages(releaseDate(undefined, read("CHANGELOG.md")))]
    .filter(([path]) => path.startsWith("man1/"));
  return new Map([
    ["package.json", packageJson(Deno.version.deno)],
    ["LICENSE", read("LICENSE")],
    ["README.md", read("packaging/npm/README.md")],
    ["THIRD-PARTY-LICENSES", licensesOf(sources)],
    ["bin/flags.json", JSON.stringify(flags)],
    ...launchers.map((name) => [`bin/${name}`, read(`packaging/npm/${name}`)] as const),
    ...pages.map(([path, text]) => [path.replace("man1/", "man/"), text] as const),
    ...[...files].map(([path, text]) => [`lib/${path}`, text] as const),
  ]);
}

if (import.meta.main) {
  const { output } = parseArgs(Deno.args, {
    string: "output",
    default: { output: join(ROOT, "dist/npm") },
  });
  const folder = resolve(String(output));
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // Not there yet
  for (const [name, text] of await npmPackage()) {
    const path = join(folder, name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }
  console.log(folder);
}
