import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { Listing } from "../../lib/files/listing.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Names whose order changes when a slash follows. */
const name = fc.constantFrom(
  "a",
  "b",
  "A",
  "a.",
  "a b",
  "a-",
  "a!",
  "0",
  "é",
  "~",
  "ab",
  "\u{1f600}",
)
  .map((name) => name.endsWith(".") ? `${name}x` : name);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));

/** A tree by the paths of its files and empty folders. */
const tree = fc.array(fc.record({ path, isFolder: fc.boolean() }), { maxLength: 10 });

/** The reference order: by components, a prefix first. */
function compare(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1;
  }
  return left.length - right.length;
}

/** Creates the tree, skipping conflicts, and returns all of its paths in order. */
function make(temp: TempDir, items: readonly { path: string; isFolder: boolean }[]): string[] {
  const created = new Set<string>();
  for (const { path, isFolder } of items) {
    try {
      if (isFolder) Deno.mkdirSync(temp.join(path), { recursive: true });
      else temp.write(path, "x");
    } catch {
      continue; // A file has the name of a folder, or vice versa
    }
    const components = path.split("/");
    for (let end = 1; end <= components.length; end++) {
      created.add(components.slice(0, end).join("/"));
    }
  }
  return [...created].sort(compare);
}

Deno.test("Listing: after any path, returns the rest of the whole listing", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(path, { maxLength: 5 }), async (items, gone) => {
      using temp = new TempDir();
      const all = make(temp, items);
      const store = await DirectoryStore.open(temp.path);
      const list = async (folder: string, recursive: boolean, after: string | null) => {
        const entries = new Listing(store, folder, { recursive, after });
        return (await Array.fromAsync(entries)).map(({ path }) => path);
      };
      const flat = all.filter((path) => !path.includes("/"));
      assertEquals(await list("", true, null), all);
      assertEquals(await list("", false, null), flat);
      for (const after of [...all, ...gone]) {
        const rest = (paths: string[]) => paths.filter((path) => compare(path, after) > 0);
        assertEquals(await list("", true, after), rest(all), after);
        assertEquals(await list("", false, after), rest(flat), after);
        const [folder = ""] = after.split("/");
        if (after === folder || !flat.includes(folder)) continue;
        const below = all.filter((path) => path.startsWith(`${folder}/`));
        assertEquals(await list(folder, true, after), rest(below), after);
      }
    }),
    { numRuns: 40 },
  );
});
