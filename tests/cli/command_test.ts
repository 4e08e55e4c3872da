import { assertEquals, assertThrows } from "@std/assert";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { CLIENT_PROGRAM } from "../../lib/cli/client/client_program.ts";
import { type Command, findCommand, usageOf } from "../../lib/cli/options/command.ts";
import { optionScope } from "../../lib/cli/options/option_scope.ts";
import { parseOptions } from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { SERVER_PROGRAM } from "../../lib/cli/server/server_program.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

const CASES: Array<[line: string, path: string, args: string]> = [
  ["", "", ""],
  ["localhost", "", "localhost"],
  ["get h a", "get", "h a"],
  ["-q get h a", "get", "-q h a"],
  ["--nick ana say h", "say", "--nick ana h"],
  ["--nick=ana say h", "say", "--nick=ana h"],
  ["-o get h", "", "-o get h"],
  ["-oget get h", "get", "-oget h"],
  ["-qo get get h", "get", "-qo get h"],
  ["--nick --json get h", "get", "--nick --json h"],
  ["-p 6001 serve -u", "serve", "-p 6001 -u"],
  ["serve user add ana", "serve user add", "ana"],
  ["serve -r x user list", "serve user list", "-r x"],
  ["-- get h", "get", "-- h"],
  ["--", "", "--"],
  ["- get", "", "- get"],
  ["constructor", "", "constructor"],
  ["__proto__ x", "", "__proto__ x"],
];

for (const [line, path, args] of CASES) {
  Deno.test(`findCommand: finds "${path}" in "${line}"`, () => {
    const found = findCommand(CLIENT_PROGRAM, line === "" ? [] : line.split(" "));
    assertEquals([found.path.join(" "), found.args.join(" ")], [path, args]);
  });
}

Deno.test("findCommand: looks no deeper than told", () => {
  const found = findCommand(CLIENT_PROGRAM, ["serve", "user", "list"], 1);
  assertEquals([found.path, found.args], [["serve"], ["user", "list"]]);
});

Deno.test("usageOf: nests optional operands, and repeats the last one", () => {
  const name = (text: string) => ({ en: text, "pt-BR": text });
  const command: Command = {
    summary: name(""),
    options: {},
    operands: [
      { name: name("A"), kind: "text" },
      { name: name("B"), kind: "text", isOptional: true },
      { name: name("C"), kind: "text", isOptional: true, isRepeated: true },
    ],
  };
  assertEquals(usageOf("x", command, "en"), "x A [B [C...]]");
});

const PROGRAMS = {
  client: { root: CLIENT_PROGRAM, table: CLIENT_OPTIONS },
  server: { root: SERVER_PROGRAM, table: SERVER_OPTIONS },
};

function parse(program: keyof typeof PROGRAMS, line: string, env: Record<string, string> = {}) {
  const { root, table } = PROGRAMS[program];
  const locale = makeLocale("en");
  const { path, command, args } = findCommand(root, line.split(" "));
  const scope = optionScope(root, command, path, locale);
  return parseOptions(table, args, (name) => env[name], scope).values as Record<string, unknown>;
}

const REFUSED: Array<[program: keyof typeof PROGRAMS, line: string, text: string]> = [
  [
    "client",
    "ls h --replace",
    "--replace belongs to get, put, mv, and the interactive client, not to ls",
  ],
  ["client", "get h x -l", "--long belongs to ls, not to get"],
  ["client", "get h x -qR", "--recursive belongs to ls and rm, not to get"],
  ["client", "get h x --to=y", "--to belongs to put and say, not to get"],
  [
    "client",
    "get h x --port 1",
    "--port is for a server: here the port stands behind the host, as in HOST:PORT",
  ],
  ["client", "get h x -u", "-u belongs to serve, not to get. Did you mean --user?"],
  ["client", "get h x -f", "Unknown option -f. Did you mean --replace?"],
  ["client", "put h x --dest=y", "Unknown option --dest. Did you mean --to?"],
  ["server", "--cert x", "Unknown option --cert. Did you mean --tls-cert?"],
  ["client", "get h --role x", "--role belongs to serve user add, not to get"],
  ["client", "h --jobs 3", "--jobs belongs to get and put, not to the interactive client"],
  ["client", "say h --talk", "--talk belongs to the interactive client, not to say"],
  ["client", "get h x --jbos 3", "Unknown option --jbos. Did you mean --jobs?"],
  ["server", "--role admin", "--role belongs to user add, not to the start of the server"],
  ["server", "user list --role admin", "--role belongs to user add, not to user list"],
  [
    "server",
    "user add a -u",
    "--allow-upload belongs to doctor and the start of the server, not to user add",
  ],
];

for (const [program, line, text] of REFUSED) {
  Deno.test(`optionScope: refuses ${line} for the ${program}`, () => {
    assertEquals(assertThrows(() => parse(program, line), UsageError).message, text);
  });
}

Deno.test("optionScope: ignores variables of other commands' options, even invalid ones", () => {
  const env = { TCP_CHAT_REPLACE: "1", TCP_CHAT_JOBS: "many", TCP_CHAT_JSON: "1" };
  const values = parse("client", "ls h", env);
  assertEquals([values.replace, values.jobs, values.json], [false, undefined, true]);
});
