import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { REQUEST_ERROR_REASONS, REQUEST_ERROR_TEXTS } from "../../lib/protocol/errors.ts";
import { ROOT, sourcesBelow } from "../helpers/source_files.ts";

const CONTRACT = Deno.readTextFileSync(join(ROOT, "lib/protocol/README.md"));
/** Codes that FAIL never carries: FERR and logs do. */
const NOT_IN_FAIL = ["server-full", "slow-consumer", "tls-needed"];

/** The text of a section, up to the next heading. */
function section(number: string): string {
  const start = CONTRACT.search(new RegExp(`^#+ ${number.replace(".", "\\.")}\\.? `, "m"));
  assert(start >= 0, `There is no section ${number}`);
  const rest = CONTRACT.slice(start).replace(/^.*\n/, "");
  const end = rest.search(/^#/m);
  return end < 0 ? rest : rest.slice(0, end);
}

/** The code spans in the first column of the first table. */
function firstColumn(text: string): string[] {
  const table = /(?:^\|.*\n)+/m.exec(text)?.[0] ?? "";
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!);
}

Deno.test("protocol README: names each code that FAIL can carry", () => {
  const codes = Object.keys(REQUEST_ERROR_TEXTS).filter((code) => !NOT_IN_FAIL.includes(code));
  assertEquals(firstColumn(section("3.3")).toSorted(), codes.toSorted());
});

Deno.test("protocol README: names only reasons that exist", () => {
  const table = /(?:^\|.*\n)+/m.exec(section("3.3"))![0];
  const rows = table.split("\n").slice(2).map((row) => row.split("|")[2] ?? "");
  const words = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
  assert(words.length > 5);
  for (const word of words) {
    const prefix = word.replace("…", "");
    assert(REQUEST_ERROR_REASONS.some((reason) => reason.startsWith(prefix)), word);
  }
});

Deno.test("protocol README: has the sections that comments refer to", () => {
  const references = [...sourcesBelow("lib")].flatMap(({ path, text }) =>
    [...text.matchAll(/[Ss]ection (\d+(?:\.\d+)?)(?:\s|\*)+of the protocol/g)]
      .map((match) => ({ path, number: match[1]! }))
  );
  assert(references.length >= 8);
  for (const { path, number } of references) {
    const exists = new RegExp(`^#+ ${number.replace(".", "\\.")}\\.? `, "m").test(CONTRACT);
    assert(exists, `${path} refers to section ${number}`);
  }
});

Deno.test("protocol README: its table of contents leads to its headings", () => {
  const anchors = [...CONTRACT.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
  const links = [...CONTRACT.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]!);
  assert(links.length > 15);
  for (const link of links) assert(anchors.includes(link), link);
});
