import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLIENT_HELP, CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { renderHelp } from "../../lib/cli/options/help.ts";
import { environmentName, type OptionTable } from "../../lib/cli/options/options.ts";
import { SERVER_HELP, SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";

const PROGRAMS = {
  "tcp-chat": { table: CLIENT_OPTIONS as OptionTable, texts: CLIENT_HELP },
  "tcp-chat-server": { table: SERVER_OPTIONS as OptionTable, texts: SERVER_HELP },
};
/** The size of a usual terminal window. */
const COLUMNS = 100;
const ROWS = 50;

for (const [program, { table, texts }] of Object.entries(PROGRAMS)) {
  for (const language of LANGUAGES) {
    const help = renderHelp(texts, table, makeLocale(language));

    Deno.test(`renderHelp: fits on a screen for ${program} in ${language}`, () => {
      const lines = help.split("\n");
      assert(lines.length <= ROWS, `${lines.length} lines`);
      const widest = lines.toSorted((a, b) => b.length - a.length)[0]!;
      assert(widest.length <= COLUMNS, `${widest.length} columns: ${widest}`);
    });

    Deno.test(`renderHelp: describes every option of ${program} in ${language}`, () => {
      for (const [name, spec] of Object.entries(table)) {
        const line = help.split("\n").find((line) => new RegExp(` --${name}( |$)`).test(line));
        assert(line !== undefined, name);
        assertStringIncludes(line, spec.help[language]);
        if (spec.short) assertStringIncludes(line, `-${spec.short}, --${name}`);
        if (spec.kind !== "flag") assertStringIncludes(line, `--${name} ${spec.placeholder}`);
      }
    });

    Deno.test(`renderHelp: mentions the environment variables of ${program} in ${language}`, () => {
      const variable = /(TCP_CHAT_[A-Z0-9_]+) \S+ --/.exec(help)?.[1];
      assert(Object.keys(table).map(environmentName).includes(variable!), variable);
    });

    Deno.test(`renderHelp: fills in all placeholders for ${program} in ${language}`, () => {
      assertEquals(help.match(/\{\w+\}|undefined/g), null);
    });

    Deno.test(`renderHelp: ends with two or three examples of ${program} in ${language}`, () => {
      const examples = texts.examples[language].split("\n")
        .filter((line) => line.startsWith("  ") && line.includes(program));
      assert(examples.length === 2 || examples.length === 3, `${examples.length} examples`);
      assert(help.endsWith(texts.examples[language]));
    });
  }

  Deno.test(`renderHelp: has a title for every group of options of ${program} in both languages`, () => {
    const groups = new Set(Object.values(table).map(({ group }) => group));
    for (const language of LANGUAGES) {
      const titles = renderHelp(texts, table, makeLocale(language)).match(/^\p{Lu}\p{L}+:$/gmu) ??
        [];
      assertEquals(titles.filter((title) => !/^Ex/.test(title)).length, groups.size);
    }
  });
}
