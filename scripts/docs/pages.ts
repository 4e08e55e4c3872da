import { fromFileUrl, join } from "@std/path";
import type { Language } from "../../lib/protocol/errors.ts";
import { TABLES } from "./tables.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly language: Language;
}

/** The READMEs and the pages of `docs/`. */
export function listPages(): Page[] {
  return [
    { path: "README.md", language: "en" },
    ...pagesIn("docs", "en"),
    { path: "README.pt-BR.md", language: "pt-BR" },
    ...pagesIn("docs/pt-BR", "pt-BR"),
  ];
}

/** The text of a page. */
export function readPage({ path }: Page): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

/** Replaces the text of a page. */
export function writePage({ path }: Page, text: string): void {
  Deno.writeTextFileSync(join(ROOT, path), text);
}

const TABLE = /(<!-- table: ([^\n]+) -->\n)[\s\S]*?(<!-- \/table -->)/g;

/**
 * The text of a page with its tables as the code has them now.
 *
 * @throws {Error} when a marker names no table
 */
export function fillTables(text: string, language: Language): string {
  return text.replace(TABLE, (_, start: string, name: string, end: string) => {
    const make = TABLES[name];
    if (make === undefined) throw new Error(`Cannot write the table ${name}: there is none`);
    return `${start}\n${make(language)}\n\n${end}`;
  });
}

/** The names of the tables of a page, in their order. */
export function tablesOf(text: string): string[] {
  return [...text.matchAll(TABLE)].map(([, , name = ""]) => name);
}

function pagesIn(folder: string, language: Language): Page[] {
  const names = [...Deno.readDirSync(join(ROOT, folder))].map(({ name }) => name);
  return names.filter((name) => name.endsWith(".md")).sort()
    .map((name) => ({ path: `${folder}/${name}`, language }));
}
