import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandHelp, unknownCommand } from "../../lib/cli/interactive/command_help.ts";
import {
  type CommandName,
  COMMANDS,
  commandWords,
  findCommand,
  needsArgument,
} from "../../lib/cli/interactive/commands.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";

const WORDS = {
  chat: ["chat"],
  talk: ["talk", "conversar"],
  file: ["file", "arquivo", "get", "baixar"],
  help: ["help", "ajuda"],
  quit: ["quit", "sair"],
} as const;

for (const [name, words] of Object.entries(WORDS)) {
  Deno.test(`findCommand: finds the command ${name} by ${words.join(", ")}`, () => {
    for (const word of words) assertEquals(findCommand(word), name);
  });
}

Deno.test("commandWords: has no word twice", () => {
  const words = commandWords();
  assertEquals(words.length, new Set(words).size);
});

const MEANT = [
  ["download", "get", "arquivo"],
  ["SEND", "put", "enviar"],
  ["say", "chat", "chat"],
  ["leave", "part", "deixar"],
  ["mensagem", "msg", "privado"],
  ["list", "ls", "listar"],
  ["qiut", "quit", "quit"],
] as const;

for (const [word, en, pt] of MEANT) {
  Deno.test(`unknownCommand: suggests ${en} and ${pt} for ${word}`, () => {
    const answer = unknownCommand(word, false, makeLocale("en"));
    assertEquals(answer, `Unknown command: ${word}. Did you mean ${en}?`);
    const portuguese = unknownCommand(word, false, makeLocale("pt-BR"));
    assertEquals(portuguese, `Comando desconhecido: ${word}. Você quis dizer ${pt}?`);
  });
}

Deno.test("unknownCommand: suggests no command that protocol 1 lacks", () => {
  const answer = unknownCommand("leave", true, makeLocale("en"));
  assertEquals(answer, "Unknown command: leave. Type help for the commands.");
});

Deno.test("findCommand: ignores the case of the words, which are in lower case", () => {
  for (const word of commandWords()) {
    assertEquals(word, word.toLowerCase());
    assertEquals(findCommand(word.toUpperCase()), findCommand(word));
  }
});

Deno.test("findCommand: returns null for any other word", () => {
  for (const word of ["", "cha", "chats", "/chat", "constructor", "toString", "__proto__"]) {
    assertEquals(findCommand(word), null, word);
  }
});

Deno.test("commandHelp: lists every command with its usage, in both languages", () => {
  for (const language of LANGUAGES) {
    const lines = commandHelp(makeLocale(language)).split("\n");
    assertEquals(lines.length, Object.keys(COMMANDS).length);
    for (const [index, { usage, help }] of Object.values(COMMANDS).entries()) {
      assertStringIncludes(lines[index]!, `${usage[language]} `);
      assert(lines[index]!.endsWith(help[language]));
    }
  }
});

Deno.test("commandHelp: goes on below the help text where a line has no room for it", () => {
  for (const language of LANGUAGES) {
    const locale = makeLocale(language);
    const lines = commandHelp(locale, { columns: 80 }).split("\n");
    assert(lines.every((line) => line.length <= 80), lines.join("\n"));
    const indent = lines[0]!.indexOf(COMMANDS.chat.help[language]);
    const more = lines.filter((line) => line.startsWith(" ".repeat(3)));
    assert(more.length > 0 && more.every((line) => line.search(/\S/) === indent));
    const joined = lines.join("\n").replaceAll(`\n${" ".repeat(indent)}`, " ");
    assertEquals(joined, commandHelp(locale));
    assertEquals(commandHelp(locale, { columns: 40 }), commandHelp(locale));
  }
});

Deno.test("COMMANDS: has usages that begin with a word of the command, in both languages", () => {
  for (const [name, { usage }] of Object.entries(COMMANDS)) {
    for (const language of LANGUAGES) {
      assertEquals(findCommand(usage[language].split(" ")[0]!), name);
    }
  }
});

Deno.test("needsArgument: is true for commands whose usage has an argument without brackets", () => {
  for (const [name, { usage }] of Object.entries(COMMANDS)) {
    const isRequired = / [A-Z]/.test(usage.en);
    assertEquals(needsArgument(name as CommandName), isRequired, name);
  }
});
