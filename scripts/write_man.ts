/**
 * Writes the man pages into dist/man/, where `man -M dist/man tcp-chat` finds them. `--output DIR` selects
 * another folder. Their date is that of the release: of SOURCE_DATE_EPOCH, else the last one of
 * CHANGELOG.md, else of today.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { dirname, join, resolve } from "@std/path";
import { CLIENT_PROGRAM } from "../lib/cli/client/client_program.ts";
import { SERVER_PROGRAM } from "../lib/cli/server/server_program.ts";
import { LANGUAGES } from "../lib/cli/texts/language.ts";
import { type ManProgram, renderManPage } from "./man/man_page.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "..");

const PROGRAMS: readonly ManProgram[] = [
  { name: "tcp-chat", root: CLIENT_PROGRAM },
  { name: "tcp-chat-server", root: SERVER_PROGRAM },
];

/** The man pages by their paths below the folder of a system's man pages. */
export function manPages(date: Date): Map<string, string> {
  return new Map(LANGUAGES.flatMap((language) =>
    PROGRAMS.map((program) => {
      const folder = language === "en" ? "" : `${language.replace("-", "_")}/`;
      const text = renderManPage(program, language, date);
      return [`${folder}man1/${program.name}.1`, text] as const;
    })
  ));
}

/** The date of the release. */
export function releaseDate(epoch: string | undefined, changelog: string): Date {
  if (epoch !== undefined && /^\d+$/.test(epoch)) return new Date(Number(epoch) * 1_000);
  const day = /^## \[[^\]]+\] [-–] (\d{4}-\d{2}-\d{2})$/m.exec(changelog)?.[1];
  return day === undefined ? new Date() : new Date(`${day}T00:00:00Z`);
}

if (import.meta.main) {
  const { output } = parseArgs(Deno.args, {
    string: "output",
    default: { output: join(ROOT, "dist/man") },
  });
  const changelog = Deno.readTextFileSync(join(ROOT, "CHANGELOG.md"));
  const date = releaseDate(Deno.env.get("SOURCE_DATE_EPOCH"), changelog);
  for (const [name, text] of manPages(date)) {
    const path = join(resolve(String(output)), name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
    console.log(path);
  }
}
