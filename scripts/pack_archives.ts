/**
 * Packs executables for a release: `deno task archives` the one for this system in dist/, `--all` those
 * that `deno task compile:all` has made. Each becomes a .tar.gz with man pages, completions and
 * licences, and for Linux a .deb as well. Windows programs stay as they are. `--output DIR` selects
 * another folder.
 *
 * It needs GNU tar and dpkg-deb. SOURCE_DATE_EPOCH is the time of all files; by default it is the day of
 * the release.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join, resolve } from "@std/path";
import { outputName, TARGETS } from "./compile.ts";
import { bundlePrograms } from "./pack/bundle_programs.ts";
import { makeDeb } from "./pack/deb.ts";
import { licensesOf } from "./pack/licenses.ts";
import { type Release, thisRelease } from "./pack/release.ts";
import { makeTarball } from "./pack/tarball.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** Packs one executable, and returns the paths of its packages. */
export async function packArchives(
  executable: string,
  target: string,
  folder: string,
  release: Release,
): Promise<string[]> {
  const tarball = await makeTarball(executable, target, folder, release);
  if (!target.includes("linux")) return [tarball];
  return [tarball, await makeDeb(executable, target, folder, release)];
}

if (import.meta.main) {
  const { all, output } = parseArgs(Deno.args, {
    boolean: "all",
    string: "output",
    default: { output: join(ROOT, "dist") },
  });
  const folder = resolve(String(output));
  const release = thisRelease(licensesOf((await bundlePrograms()).sources));
  const targets: readonly string[] = all
    ? TARGETS.filter((target) => !target.includes("windows"))
    : [Deno.build.target];
  for (const target of targets) {
    const executable = join(folder, outputName("tcp-chat", all ? target : undefined));
    for (const path of await packArchives(executable, target, folder, release)) console.log(path);
  }
}
