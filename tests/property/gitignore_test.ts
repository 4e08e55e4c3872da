import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { walkLocal } from "../../lib/files/local_tree.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** ASCII: to git, `?` is a byte. */
const NAMES = ["a", "b", "a.o", "b.o", "A", "a b", "#a", "!a", "[a]"];
const name = fc.constantFrom(...NAMES);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const escaped = path.map((path) => path.replace(/[#!\[\] ]/g, "\\$&"));
const pattern = fc.tuple(
  fc.constantFrom("", "", "!"),
  fc.constantFrom("", "/", "**/"),
  fc.oneof(escaped, fc.constantFrom("*", "*.o", "a*", "?", "[ab]", "*/a", "a/**", "a/**/b", "**")),
  fc.constantFrom("", "/"),
).map((parts) => parts.join(""));
const ignoreFile = fc.record({
  folder: fc.oneof(fc.constant(""), path),
  lines: fc.array(pattern, { minLength: 1, maxLength: 4 }),
});

/** The files that git would take, sorted. */
function filesOfGit(folder: string): string[] {
  const args = ["-c", "core.excludesFile=", "ls-files", "-zo", "--exclude-standard"];
  const { stdout } = new Deno.Command("git", { args, cwd: folder }).outputSync();
  return new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "").toSorted();
}

function tryWrite(temp: TempDir, path: string, text: string): void {
  try {
    temp.write(path, text);
  } catch { // A file has the name of a folder, or vice versa
  }
}

function hasGit(): boolean {
  try {
    return new Deno.Command("git", { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
}

Deno.test({
  name: "walkLocal: with gitignore, sends the files that git takes",
  ignore: !hasGit() || Deno.build.os !== "linux", // Elsewhere letter cases may be one
  fn: async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(path, { minLength: 1, maxLength: 12 }),
        fc.array(ignoreFile, { maxLength: 3 }),
        async (paths, files) => {
          using temp = new TempDir();
          new Deno.Command("git", { args: ["init", "-q", temp.path] }).outputSync();
          for (const path of paths) tryWrite(temp, path, "x");
          for (const { folder, lines } of files) {
            const file = folder === "" ? ".gitignore" : `${folder}/.gitignore`;
            tryWrite(temp, file, lines.join("\n"));
          }
          const own = { ownPaths: [], ownFolders: new Set<string>(), ownFiles: new Map() };
          const found: string[] = [];
          for await (const item of walkLocal(temp.path, "", { gitignore: true, own })) {
            if (item.type === "file") found.push(item.path.slice(temp.path.length + 1));
          }
          assertEquals(found.toSorted(), filesOfGit(temp.path));
        },
      ),
      { numRuns: 60 },
    );
  },
});
