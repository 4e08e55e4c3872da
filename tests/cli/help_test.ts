import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { CLIENT_PROGRAM } from "../../lib/cli/client/client_program.ts";
import { allOptions, type Command, visibleCommands } from "../../lib/cli/options/command.ts";
import { ownOptions, renderHelp } from "../../lib/cli/options/help.ts";
import { helpOf } from "../../lib/cli/options/help_command.ts";
import { placeholderIn } from "../../lib/cli/options/placeholders.ts";
import { environmentName } from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { SERVER_PROGRAM } from "../../lib/cli/server/server_program.ts";
import { EXIT } from "../../lib/cli/texts/failure.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

const PROGRAMS = { "tcp-chat": CLIENT_PROGRAM, "tcp-chat-server": SERVER_PROGRAM };
/** The size of a large terminal window. */
const COLUMNS = 100;
const ROWS = 60;

/** A command and all below it, each with the words that run it. */
function screensOf(name: string, command: Command): [name: string, Command][] {
  const below = visibleCommands(command).flatMap(([word, each]) =>
    screensOf(`${name} ${word}`, each)
  );
  return [[name, command], ...below];
}

const SCREENS = Object.entries(PROGRAMS).flatMap(([name, root]) => screensOf(name, root));

for (const language of LANGUAGES) {
  const locale = makeLocale(language);

  Deno.test(`renderHelp: fits on a screen for every command in ${language}`, () => {
    for (const [name, command] of SCREENS) {
      const lines = renderHelp(name, command, locale).split("\n");
      assert(lines.length <= ROWS, `${name}: ${lines.length} lines`);
      const widest = lines.toSorted((a, b) => b.length - a.length)[0]!;
      assert(widest.length <= COLUMNS, `${name}: ${widest.length} columns: ${widest}`);
    }
  });

  Deno.test(`renderHelp: keeps within a narrow screen, with all its words, in ${language}`, () => {
    for (const [name, command] of SCREENS) {
      const help = renderHelp(name, command, locale, 80);
      const wide = help.split("\n").filter((line) => line.length > 80);
      assertEquals(wide, [], name);
      assertEquals(help.split(/\s+/), renderHelp(name, command, locale).split(/\s+/));
    }
  });

  Deno.test(`renderHelp: names every exit code of the client in ${language}`, () => {
    const lines = renderHelp("tcp-chat", CLIENT_PROGRAM, locale).trimEnd().split("\n");
    const codes = lines.slice(-2).join().match(/(?<= )\d+(?= )/g)?.map(Number);
    assertEquals(codes, Object.values(EXIT));
  });

  Deno.test(`renderHelp: describes the options of a command, and no others, in ${language}`, () => {
    for (const [name, command] of SCREENS) {
      const options = ownOptions(command);
      const [program = "", ...words] = name.split(" ");
      const help = helpOf(program, rootOf(program), words, locale);
      const lines = help.split("\n").filter((line) => /^ {2}(?:-\w, | {4})--/.test(line));
      assertEquals(lines.length, Object.keys(options).length, name);
      for (const [option, spec] of Object.entries(options)) {
        const line = lines.find((line) => new RegExp(` --${option}( |$)`).test(line));
        assert(line !== undefined, `${name} --${option}`);
        assertStringIncludes(line, spec.help[language]);
        if (spec.short) assertStringIncludes(line, `-${spec.short}, --${option}`);
        if (spec.kind === "flag") continue;
        const value = placeholderIn(language, spec.placeholder!);
        assertStringIncludes(line, `--${option} ${value}`);
      }
    }
  });

  Deno.test(`renderHelp: lists the commands of a program with their operands in ${language}`, () => {
    for (const [name, root] of Object.entries(PROGRAMS)) {
      const help = renderHelp(name, root, locale);
      for (const [word, { summary, operands }] of visibleCommands(root)) {
        const line = help.split("\n").find((line) => line.startsWith(`${name} ${word} `))!;
        assert(line.endsWith(summary[language]), line);
        for (const operand of operands) assertStringIncludes(line, operand.name[language]);
      }
    }
  });

  Deno.test(`renderHelp: has a title for every group of options in ${language}`, () => {
    for (const [name, command] of SCREENS) {
      const groups = new Set(Object.values(ownOptions(command)).map(({ group }) => group));
      const titles = renderHelp(name, command, locale).match(/^\p{Lu}\p{L}+:$/gmu) ?? [];
      assertEquals(titles.filter((title) => !/^Ex/.test(title)).length, groups.size, name);
    }
  });

  Deno.test(`renderHelp: names a variable of one of the options in ${language}`, () => {
    for (const [name, command] of SCREENS) {
      const variable = /(TCP_CHAT_[A-Z0-9_]+) \S+ --/.exec(renderHelp(name, command, locale))?.[1];
      assert(Object.keys(command.options).map(environmentName).includes(variable!), variable);
    }
  });

  Deno.test(`renderHelp: fills in all placeholders in ${language}`, () => {
    for (const [name, command] of SCREENS) {
      assertEquals(renderHelp(name, command, locale).match(/\{\w+\}|undefined/g), null);
    }
  });

  Deno.test(`renderHelp: ends with two or three examples, if any, in ${language}`, () => {
    for (const [name, command] of SCREENS) {
      if (command.examples === undefined) continue;
      const [, examples = ""] = renderHelp(name, command, locale).split(/^Ex.*:\n/m);
      const program = name.split(" ")[0]!;
      const lines = examples.split("\n").filter((line) => line.startsWith(`  ${program} `));
      assert(lines.length === 2 || lines.length === 3, `${name}: ${lines.length} examples`);
    }
  });
}

function rootOf(program: string): Command {
  return program === "tcp-chat-server" ? SERVER_PROGRAM : CLIENT_PROGRAM;
}

Deno.test("renderHelp: shows every option of a program on the screen of some command", () => {
  const { serve: _, ...commands } = CLIENT_PROGRAM.commands!;
  const client = allOptions({ ...CLIENT_PROGRAM, commands });
  assertEquals(Object.keys(client).toSorted(), Object.keys(CLIENT_OPTIONS).toSorted());
  const server = allOptions(SERVER_PROGRAM);
  assertEquals(Object.keys(server).toSorted(), Object.keys(SERVER_OPTIONS).toSorted());
});

Deno.test("renderHelp: tells of say --to, and not as a folder", () => {
  const help = helpOf("tcp-chat", CLIENT_PROGRAM, ["say"], makeLocale("en"));
  assertStringIncludes(help, "--to NICK  ");
});

Deno.test("helpOf: finds a command of a command, and calls it as it is called", () => {
  const help = helpOf("tcp-chat", CLIENT_PROGRAM, ["serve", "user", "add"], makeLocale("en"));
  assert(help.startsWith("tcp-chat serve user add NAME  "));
  assertStringIncludes(
    helpOf("tcp-chat", CLIENT_PROGRAM, ["serve"], makeLocale("en")),
    "  tcp-chat serve -r ~/shared",
  );
});

Deno.test("helpOf: refuses an unknown command, and suggests the nearest one", () => {
  const errorOf = (...words: string[]) =>
    assertThrows(() => helpOf("tcp-chat", CLIENT_PROGRAM, words, makeLocale("en")), UsageError)
      .message;
  assertEquals(errorOf("lsten"), "Unknown command: lsten. Did you mean listen?");
  assertEquals(errorOf("baixar"), "Unknown command: baixar. Did you mean get?");
  assertEquals(errorOf("listar"), "Unknown command: listar. Did you mean ls?");
  assertStringIncludes(errorOf("get", "localhost"), "Unknown command: localhost.");
  assertStringIncludes(errorOf("constructor"), "Unknown command: constructor.");
});
