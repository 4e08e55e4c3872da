import { dirname, fromFileUrl, join, relative } from "@std/path";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** The paths of the modules in a bundle. @param map the file of its source map */
export function bundledSources(map: string): string[] {
  const { sources } = JSON.parse(Deno.readTextFileSync(map)) as { sources: readonly string[] };
  return sources.map((source) => join(dirname(map), source));
}

/** The licences of this project and of the packages that its bundles hold. @param sources their modules */
export function licensesOf(sources: readonly string[]): string {
  const folders = new Set(sources.map(packageFolderOf).filter((folder) => folder !== null));
  const texts = [...folders].map(licenseOf).sort((a, b) => a.name < b.name ? -1 : 1);
  const own = { name: "tcp-chat", text: Deno.readTextFileSync(join(ROOT, "LICENSE")) };
  return [own, ...texts].map(({ name, text }) => `${name}\n\n${text.trim()}\n`)
    .join(`\n${"-".repeat(72)}\n\n`);
}

/** The folder of the npm package that a module is in; `null` for the project's own modules. */
function packageFolderOf(source: string): string | null {
  if (!relative(ROOT, source).startsWith("..")) return null;
  for (let folder = dirname(source); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (!exists(file)) continue;
    const { name, version } = JSON.parse(Deno.readTextFileSync(file));
    if (name !== undefined && version !== undefined) return folder;
  }
  throw new Error(`Cannot name the package of ${source}`);
}

function licenseOf(folder: string): { readonly name: string; readonly text: string } {
  const { name, version, license } = JSON.parse(
    Deno.readTextFileSync(join(folder, "package.json")),
  );
  const file = [...Deno.readDirSync(folder)].map((entry) => entry.name)
    .find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `License: ${license}` : Deno.readTextFileSync(
    join(folder, file),
  );
  return { name: `${name} ${version}`, text: text.replaceAll("\r\n", "\n") };
}

function exists(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
}
