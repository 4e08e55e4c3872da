import { join } from "@std/path";
import { posix } from "node:path";
import { filesBelow } from "./files_below.ts";

const URL_IN_CODE = /new URL\("(\.{1,2}\/[^"]+\.ts)", import\.meta\.url\)/g;

/**
 * The modules of a folder's programs that are loaded by a URL, which compiler and bundler do not follow: their paths,
 * by how the code names them.
 *
 * @param root of the project
 * @throws {Error} if one name means two modules, which a bundle could not tell apart
 */
export function loadedByUrl(root: string): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  for (const path of filesBelow(join(root, "lib")).filter((path) => path.endsWith(".ts"))) {
    const text = Deno.readTextFileSync(join(root, "lib", path));
    for (const [, name] of text.matchAll(URL_IN_CODE)) {
      const module = posix.join("lib", posix.dirname(path), name!);
      if ((modules.get(name!) ?? module) !== module) {
        throw new Error(`${name} means ${module} and ${modules.get(name!)}`);
      }
      modules.set(name!, module);
    }
  }
  return modules;
}

/**
 * A file of a bundle, whose URLs name the bundled modules.
 *
 * @param path of the file in the bundle
 */
export function withBundledUrls(
  path: string,
  text: string,
  modules: ReadonlyMap<string, string>,
): string {
  return text.replace(URL_IN_CODE, (whole, name: string) => {
    const module = modules.get(name);
    if (module === undefined) return whole;
    const target = posix.relative(posix.dirname(path), module.replace(/\.ts$/, ".js"));
    return whole.replace(name, target.startsWith(".") ? target : `./${target}`);
  });
}
