import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { CLIENT_PROGRAM } from "../../lib/cli/client/client_program.ts";
import { parsePort } from "../../lib/stream/address.ts";
import { parseTarget } from "../../lib/stream/target.ts";
import { type Command, findCommand } from "../../lib/cli/options/command.ts";
import { helpOf } from "../../lib/cli/options/help_command.ts";
import { optionScope } from "../../lib/cli/options/option_scope.ts";
import { type OptionTable, parseOptions } from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { SERVER_PROGRAM } from "../../lib/cli/server/server_program.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { ShellCommand } from "./markdown.ts";

/** Programs of the system that the documentation uses. */
const TOOLS = [
  "curl",
  "echo",
  "grep",
  "man",
  "nats-server",
  "nc",
  "printf",
  "sha256sum",
  "tail",
  "wget",
];

/**
 * Checks a command of the documentation as the programs would: its program, its options and its
 * arguments.
 *
 * @param tasks the names of the tasks in `deno.json`
 * @throws {Error} says what is wrong
 */
export function checkCommand(command: ShellCommand, tasks: readonly string[]): void {
  const words = command.join(" ").startsWith("npx -y deno@")
    ? ["deno", ...command.slice(3)]
    : command;
  const [program = "", ...rest] = words;
  if (TOOLS.includes(program)) return;
  if (program === "npx" && rest[0] === "tcp-chat") return checkClient(rest.slice(1));
  if (program === "tcp-chat" || program === "dist/tcp-chat") return checkClient(rest);
  if (program === "dist/tcp-chat-server") return checkServer(rest);
  if (program !== "deno") throw new Error(`An unknown program: ${program}`);
  checkDeno(rest, tasks);
}

function checkDeno(words: ShellCommand, tasks: readonly string[]): void {
  const [subcommand, first = "", ...rest] = words;
  if (subcommand === "run" && first === "-A") {
    const [entry, ...args] = rest;
    if (entry === "client.ts") return checkClient(args);
    if (entry === "server.ts") return checkServer(args);
    if (entry === "example.ts" && args.length === 0) return;
  }
  if (subcommand === "task" && tasks.includes(first)) {
    if (first === "client") checkClient(rest);
    if (first === "start") checkServer(rest);
    return;
  }
  throw new Error(`Not known: deno ${words.join(" ")}`);
}

function checkClient(args: ShellCommand): void {
  const { path: [name], args: all } = findCommand(CLIENT_PROGRAM, args, 1);
  if (name === "serve") return checkServer(all);
  const { path, command, values, positionals } = parse(CLIENT_PROGRAM, CLIENT_OPTIONS, args);
  if (values.help) return;
  const [word, ...rest] = positionals;
  if (name === "help") return void helpOf("tcp-chat", CLIENT_PROGRAM, positionals, LOCALE);
  if (path.length > 0) return checkOperands(command, positionals);
  if (word === undefined) return;
  checkAddress(word);
  const isPort = rest.length === 1 && parsePort(rest[0]!) !== null;
  if (rest.length > 0 && !isPort) throw new Error(`An unknown command: ${word}`);
}

function checkServer(args: ShellCommand): void {
  const { path, command, values, positionals } = parse(SERVER_PROGRAM, SERVER_OPTIONS, args);
  if (values.help) return;
  if (path[0] === "help") return void helpOf("tcp-chat", SERVER_PROGRAM, positionals, LOCALE);
  if (path[0] === "user" && path[1] === undefined) throw new Error("Which command of user?");
  checkOperands(command, positionals);
}

const LOCALE = makeLocale("en");

function parse(program: Command, table: OptionTable, args: ShellCommand) {
  const { path, command, args: rest } = findCommand(program, args);
  const scope = optionScope(program, command, path, LOCALE);
  return { path, command, ...parseOptions(table, rest, () => undefined, scope) };
}

function checkOperands({ operands }: Command, words: readonly string[]): void {
  const required = operands.filter(({ isOptional }) => isOptional !== true).length;
  // The path in an address is the next argument, or the folder that the files of put go to
  const hasPath = operands[0]?.kind === "host" && parseTarget(words[0] ?? "").path !== null &&
    operands.every(({ kind }) => kind !== "file");
  if (words.length + Number(hasPath) < required) {
    throw new Error(`Too few arguments: ${words.join(" ")}`);
  }
  const isOpen = operands.at(-1)?.isRepeated === true;
  if (words.length > operands.length && !isOpen) throw new Error(`Too many: ${words.join(" ")}`);
  words.forEach((word, at) => {
    const { kind, choices } = operands[Math.min(at, operands.length - 1)]!;
    if (kind === "host") checkAddress(word);
    if (choices !== undefined && !choices.includes(word)) throw new Error(`No choice: ${word}`);
  });
}

function checkAddress(text: string | undefined): void {
  parseTarget(text ?? "");
}
