import { assertEquals } from "@std/assert";
import { ServedReader } from "../../lib/files/batch_source.ts";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import type { ServedFolder } from "../../lib/files/served_folder.ts";
import { describeRoot } from "../../lib/files/served_root.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Long enough before now: what was just written is not read. */
const OLD = new Date(1_700_000_000_000);

function serve(root: string): ServedFolder {
  const servedRoot = describeRoot(root, Deno.lstatSync(root));
  return { root, servedRoot, ownPaths: [], ownFolders: new Set(), ownFiles: new Map() };
}

/** A folder with `in/a`, which `change` is called for as soon as it is looked at. */
function readWhile(change: (path: string) => void) {
  using temp = new TempDir();
  temp.write("in/a", "before");
  const root = Deno.realPathSync(temp.path);
  const file = `${root}/in/a`;
  Deno.utimeSync(file, OLD, OLD);
  const resolver = new PathResolver((path) => {
    const info = Deno.lstatSync(path);
    if (path === file) change(file);
    return info;
  });
  const into = new Uint8Array(64);
  const stamp = new ServedReader(resolver, serve(root)).read("in/a", into);
  return stamp === null ? null : new TextDecoder().decode(into.subarray(0, stamp.sizeBytes));
}

Deno.test("ServedReader: reads a whole file", () => {
  assertEquals(readWhile(() => {}), "before");
});

Deno.test("ServedReader: reads none that is replaced or written once it was looked at", () => {
  const replace = (path: string) => {
    Deno.writeTextFileSync(`${path}.new`, "behind");
    Deno.utimeSync(`${path}.new`, OLD, OLD);
    Deno.renameSync(`${path}.new`, path);
  };
  assertEquals(readWhile(replace), null);
  assertEquals(readWhile((path) => Deno.writeTextFileSync(path, "behind")), null);
  assertEquals(readWhile((path) => Deno.truncateSync(path, 3)), null);
});

Deno.test("ServedReader: reads nothing where another folder has taken the place of the root", () => {
  using temp = new TempDir();
  temp.write("root/a", "before");
  const root = `${Deno.realPathSync(temp.path)}/root`;
  const served = serve(root);
  Deno.renameSync(root, `${root}.old`);
  temp.write("root/a", "behind");
  Deno.utimeSync(`${root}/a`, OLD, OLD);
  const reader = new ServedReader(new PathResolver(), served);
  assertEquals(reader.read("a", new Uint8Array(64)), null);
});
