import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { CatalogueListing } from "../../lib/files/catalogue_listing.ts";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { CatalogueRows } from "../../lib/files/catalogue_rows.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { parentOf, pathKey } from "../../lib/protocol/path.ts";

const name = fc.constantFrom("a", "A", "b", "a-", "é", "E\u0301", "\u{1f600}", "\uff5e");
const path = fc.array(name, { minLength: 1, maxLength: 3 })
  .map((names) => names.map((each) => each.normalize("NFC")).join("/"));
const sha256 = fc.constantFrom("1", "2", "3").map((digit) => digit.repeat(64));
const change = fc.oneof(
  fc.record({ kind: fc.constant("put"), path, sha256, replace: fc.boolean() }),
  fc.record({ kind: fc.constant("mkdir"), path }),
  fc.record({ kind: fc.constant("rm"), path }),
  fc.record({ kind: fc.constant("mv"), path, to: path, replace: fc.boolean() }),
);
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

/** The contents of files by their paths; a folder has none. */
type Model = Map<string, string | null>;

function compare(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1;
  }
  return left.length - right.length;
}

/** The paths on the way to one, the highest first, and itself. */
function wayTo(path: string): string[] {
  const names = path.split("/");
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

/** What the model says of a change: done, or nothing has happened. */
function applyToModel(model: Model, change: Change): boolean {
  const spelled = (path: string) => {
    const key = pathKey(path);
    return [...model.keys()].find((each) => pathKey(each) === key) ?? null;
  };
  const isFree = (path: string) =>
    wayTo(path).every((each, i, all) => {
      const there = spelled(each);
      if (there === null) return true;
      return there === each && (i === all.length - 1 || model.get(each) === null);
    });
  const isIn = (each: string, folder: string) => each === folder || each.startsWith(`${folder}/`);
  const { kind, path } = change;
  if (kind === "rm") {
    const isFull = [...model.keys()].some((each) => each.startsWith(`${path}/`));
    return !isFull && model.delete(path);
  }
  if ("to" in change) {
    const { to, replace } = change;
    const parent = parentOf(to);
    if (!model.has(path) || path === to || to.startsWith(`${path}/`)) return false;
    if (parent !== "" && model.get(parent) !== null) return false;
    const there = spelled(to);
    if (there !== null && there !== path) {
      const areFiles = there === to && model.get(to) !== null && model.get(path) !== null;
      if (!areFiles || !replace) return false;
      model.delete(to);
    }
    for (const [each, content] of [...model].filter(([each]) => isIn(each, path))) {
      model.delete(each);
      model.set(to + each.slice(path.length), content);
    }
    return true;
  }
  if (!isFree(path)) return false;
  const there = model.get(path);
  if ("sha256" in change) {
    if (there === null) return false;
    if (there !== undefined && there !== change.sha256 && !change.replace) return false;
  } else if (there !== undefined && there !== null) return false;
  for (const each of wayTo(path).slice(0, -1)) model.set(each, null);
  model.set(path, "sha256" in change ? change.sha256 : null);
  return true;
}

function applyToRows(changes: CatalogueChanges, change: Change, stampMs: number): boolean {
  try {
    if ("sha256" in change) {
      const file = { size: 1, mtimeMs: 1, sha256: change.sha256, isExecutable: false };
      changes.put(change.path, file, { replace: change.replace, former: null }, stampMs);
    } else if ("to" in change) changes.move(change.path, change.to, change.replace, stampMs);
    else if (change.kind === "rm") return changes.remove(change.path, stampMs) !== null;
    else changes.makeFolder(change.path, stampMs);
    return true;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
}

Deno.test("CatalogueChanges: agree with a map of paths after any changes, and list it from anywhere", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 30 }), path, async (changes, after) => {
      const database = openDatabase(IN_MEMORY);
      try {
        const rows = new CatalogueRows(database);
        const catalogue = new CatalogueChanges(database);
        const model: Model = new Map();
        for (const [i, each] of changes.entries()) {
          assertEquals(
            applyToRows(catalogue, each, i),
            applyToModel(model, each),
            JSON.stringify(each),
          );
        }
        const expected = [...model.keys()].sort(compare);
        for (const from of [null, after, ...expected.slice(0, 2)]) {
          const listing = new CatalogueListing(rows, "", { recursive: true, after: from });
          const listed: string[] = [];
          for (let next = await listing.peek(); next !== null; next = await listing.peek()) {
            listed.push(next.path);
            listing.advance();
          }
          const rest = expected.filter((each) => from === null || compare(each, from) > 0);
          assertEquals(listed, rest, `after ${from}`);
        }
        for (const [each, content] of model) assertEquals(rows.find(each)?.sha256, content);
      } finally {
        database.close();
      }
    }),
    { numRuns: 200 },
  );
});
