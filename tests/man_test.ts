import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl } from "@std/path";
import { CLIENT_PROGRAM } from "../lib/cli/client/client_program.ts";
import { allOptions, type Command, visibleCommands } from "../lib/cli/options/command.ts";
import { SERVER_PROGRAM } from "../lib/cli/server/server_program.ts";
import { LANGUAGES } from "../lib/cli/texts/language.ts";
import { escapeArgument, escapeText, textLines } from "../scripts/man/mdoc.ts";
import { manPages, releaseDate } from "../scripts/write_man.ts";
import { run } from "./helpers/program.ts";
import { needing } from "./helpers/shell_session.ts";
import { TempDir } from "./helpers/temp_dir.ts";

const PAGES = manPages(new Date("2026-11-29T00:00:00Z"));

function programOf(path: string): Command {
  return path.endsWith("server.1") ? SERVER_PROGRAM : CLIENT_PROGRAM;
}

/** The words of each command that a page describes. */
function wordsOf(command: Command, before: readonly string[] = []): string[] {
  return visibleCommands(command).flatMap(([word, each]) => {
    const words = [...before, word];
    return [words.join(" "), ...word === "serve" ? [] : wordsOf(each, words)];
  });
}

Deno.test("manPages: has a page for each program in each language", () => {
  assertEquals([...PAGES.keys()], [
    "man1/tcp-chat.1",
    "man1/tcp-chat-server.1",
    "pt_BR/man1/tcp-chat.1",
    "pt_BR/man1/tcp-chat-server.1",
  ]);
});

for (const [path, page] of PAGES) {
  Deno.test(`manPages: ${path} describes every command and every option, with its text`, () => {
    const { serve: _, ...commands } = programOf(path).commands!;
    const root = { ...programOf(path), commands };
    const language = LANGUAGES[path.startsWith("pt_BR") ? 1 : 0]!;
    for (const words of wordsOf(programOf(path))) {
      assert(new RegExp(`^\\.Ss ${words}(?: |\\\\&$)`, "m").test(page), words);
    }
    const flat = page.replaceAll("\n", " ");
    for (const [name, { help }] of Object.entries(allOptions(root))) {
      assert(new RegExp(`^\\.It (?:Fl . , )?Fl -${name}(?: Ar .*)?$`, "m").test(page), name);
      const text = escapeText(help[language].slice(1));
      assertStringIncludes(flat, text);
    }
  });

  Deno.test({
    name: `manPages: mandoc finds nothing to say about ${path}`,
    ...needing("mandoc"),
    async fn() {
      using folder = new TempDir();
      for (const [name, text] of PAGES) {
        Deno.mkdirSync(dirname(folder.join(name)), { recursive: true });
        Deno.writeTextFileSync(folder.join(name), text);
      }
      const cwd = dirname(folder.join(path)); // Other pages are found there
      const lint = await run(["/usr/bin/mandoc", "-T", "lint"], [path.split("/").at(-1)!], { cwd });
      assertEquals([lint.code, lint.stdout, lint.stderr], [0, "", ""]);
    },
  });
}

Deno.test({
  name: "manPages: mandoc shows the texts as they are",
  ...needing("mandoc"),
  async fn() {
    const mandoc = ["/usr/bin/mandoc", "-T", "utf8", "-O", "width=200"] as const;
    const show = async (path: string) => {
      const { stdout } = await run(mandoc, [], { input: PAGES.get(path)! });
      return stdout.replaceAll(/.[\b]/g, "");
    };
    const client = await show("man1/tcp-chat.1");
    assertStringIncludes(client, "tcp-chat get HOST[:PORT] [PATH...]");
    assertStringIncludes(client, "tcp-chat get 10.0.0.5 docs '*.iso' -o .");
    assertStringIncludes(client, "-o, --output DIR");
    assertStringIncludes(client, "130     Interrupted by Ctrl-C.");
    assertStringIncludes(await show("pt_BR/man1/tcp-chat-server.1"), "CÓDIGOS DE SAÍDA");
  },
});

Deno.test("escapeText: escapes what roff would take for a request or an escape", () => {
  assertEquals(escapeText(".Sh x"), "\\&.Sh x");
  assertEquals(escapeText("'x"), "\\&'x");
  assertEquals(escapeText("a\\b"), "a\\eb");
  assertEquals(escapeText("ação 😀"), "a\\[u00E7]\\[u00E3]o \\[u1F600]");
});

Deno.test("escapeArgument: escapes what mdoc would take for a macro, a delimiter or a quote", () => {
  assertEquals(escapeArgument('Fl x | . "y"'), "\\&Fl x \\&| \\&. \\(dqy\\(dq");
  assertEquals(escapeArgument("HOST[:PORT] en|pt-BR"), "HOST[:PORT] en|pt-BR");
});

Deno.test("textLines: begins a line with each sentence, and keeps lines short", () => {
  assertEquals(textLines("One. Two: Three; four"), ["One.", "Two:", "Three; four"]);
  const lines = textLines("word ".repeat(40).trim());
  assert(lines.every((line) => line.length <= 78));
  assertEquals(lines.join(" "), "word ".repeat(40).trim());
});

Deno.test("releaseDate: is that of SOURCE_DATE_EPOCH, else the last one of the change log", () => {
  const log =
    "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-24\n\n## [0.1.0] - 2026-11-29\n";
  assertEquals(releaseDate("86400", log).toISOString(), "1970-01-02T00:00:00.000Z");
  assertEquals(releaseDate(undefined, log).toISOString(), "2026-12-24T00:00:00.000Z");
  assertEquals(releaseDate("soon", log).toISOString(), "2026-12-24T00:00:00.000Z");
});

Deno.test("deno task man: writes the pages", async () => {
  using folder = new TempDir();
  const cwd = fromFileUrl(new URL("..", import.meta.url));
  const args = ["task", "-q", "man", "--output", folder.path];
  const { code, stderr } = await run([Deno.execPath()], args, { cwd });
  assertEquals(code, 0, stderr);
  for (const path of PAGES.keys()) assert(Deno.statSync(folder.join(path)).size > 1_000);
});
