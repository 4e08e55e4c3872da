import { CLIENT_COMMANDS } from "../../lib/cli/client/client_commands.ts";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { parseAddress, parsePort } from "../../lib/stream/address.ts";
import { parseOptions } from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import type { ShellCommand } from "./markdown.ts";

/** Programs of the system that the documentation uses. */
const TOOLS = ["curl", "echo", "grep", "nc", "printf", "sha256sum", "tail", "wget"];
const USER_COMMANDS = ["add", "passwd", "remove", "list"];

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
  if (program === "dist/tcp-chat") return checkClient(rest);
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
  const { positionals } = parseOptions(CLIENT_OPTIONS, args, () => undefined);
  const [word, ...rest] = positionals;
  if (word === undefined) return;
  if (word in CLIENT_COMMANDS) return checkAddress(rest[0]);
  checkAddress(word);
  const isPort = rest.length === 1 && parsePort(rest[0]!) !== null;
  if (rest.length > 0 && !isPort) throw new Error(`An unknown command: ${word}`);
}

function checkServer(args: ShellCommand): void {
  const { positionals } = parseOptions(SERVER_OPTIONS, args, () => undefined);
  const [word, command = "", name, unexpected] = positionals;
  if (word === undefined) return;
  const isNamed = (command === "list") === (name === undefined);
  if (word === "user" && USER_COMMANDS.includes(command) && isNamed && !unexpected) return;
  throw new Error(`An unexpected argument: ${word}`);
}

function checkAddress(text: string | undefined): void {
  if (parseAddress(text ?? "") === null) throw new Error(`No address: ${text}`);
}
