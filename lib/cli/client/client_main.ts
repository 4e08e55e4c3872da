import { loadByUrl } from "../../load_by_url.ts";
import { VERSION } from "../../version.ts";
import { calledName } from "../options/called_name.ts";
import { checkEnvironment } from "../options/check_environment.ts";
import { type Command, findCommand, visibleCommands } from "../options/command.ts";
import { optionScope } from "../options/option_scope.ts";
import { parseOptions, readFlagVariable, requestedLanguage } from "../options/options.ts";
import { CLIENT_STOP_MS, listenForStop } from "../terminal/signals.ts";
import { EXIT, formatFailure } from "../texts/failure.ts";
import { type Locale, localeOf, makeLocale, withHints } from "../texts/locale.ts";
import { SERVER_NAME } from "../server/server_program.ts";
import { setUpColors } from "../view/colors.ts";
import { OutputClosedError, writeError, writeOut } from "../view/output.ts";
import type { RunCommand } from "./client_command.ts";
import { type Invocation, readLogin } from "./client_invocation.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { CLIENT_COMMANDS, CLIENT_NAME, CLIENT_PROGRAM, showHelp } from "./client_program.ts";
import { describeConfig } from "../commands/describe_config.ts";
import { type ClientConfig, NO_CONFIG, readClientConfig } from "./client_config.ts";
import { hintsOf } from "./hints_of.ts";
import { runServerProgram } from "./run_server_program.ts";
import { withLink } from "./link_argument.ts";
import { commandOf, resolveArguments } from "./resolve_arguments.ts";
import { tellShadow } from "./tell_shadow.ts";
import { errorEvent } from "../view/error_event.ts";
import { jsonLine, setUpJson } from "../view/json_line.ts";

/** Runs the client's program, or the server's for an executable of its name, and returns the exit code. */
export async function runClient(args: readonly string[]): Promise<number> {
  if (await calledName() === SERVER_NAME) return await runServerProgram(args);
  const { path: [name], args: rest } = findCommand(CLIENT_PROGRAM, args, 1);
  const command = name === undefined ? null : CLIENT_COMMANDS[name] ?? null;
  if (command === null || name === undefined) return await runCommand(PROGRAM, [], rest);
  if ("start" in command) return await command.start(rest, `${CLIENT_NAME} ${name}`);
  const word = findCommand(command, rest, 1);
  const below = word.path[0] === undefined ? undefined : command.commands?.[word.path[0]];
  if (below !== undefined) return await runCommand(below, [name, ...word.path], word.args);
  return await runCommand(command, [name], rest);
}

const PROGRAM: Command & Pick<RunCommand, "run"> = {
  ...CLIENT_PROGRAM,
  run: async (invocation) => {
    const url = new URL("./client_interactive.ts", import.meta.url);
    const { runInteractive } = await loadByUrl<typeof import("./client_interactive.ts")>(url);
    return await runInteractive(invocation, visibleCommands(CLIENT_PROGRAM).map(([name]) => name));
  },
};

/**
 * Runs a command, and prints its errors.
 *
 * @param path the words that name it; empty for the interactive client
 */
async function runCommand(
  command: Command & Pick<RunCommand, "run">,
  path: readonly string[],
  args: readonly string[],
): Promise<number> {
  const env = (name: string) => Deno.env.get(name);
  let locale = makeLocale(requestedLanguage(args, env));
  const interrupt = new AbortController();
  let json = args.includes("--json");
  try {
    setUpJson(readFlagVariable("ascii", env, locale));
    const scope = optionScope(CLIENT_PROGRAM, command, path, locale);
    const parsed = parseOptions(CLIENT_OPTIONS, args, env, scope);
    json = parsed.values.json;
    if (parsed.values.help) return showHelp(path, locale);
    if (parsed.values.version) return print(`${CLIENT_NAME} ${VERSION}`);
    checkEnvironment(Object.keys(CLIENT_OPTIONS), env, locale);
    setUpColors(Deno.stdout.isTerminal());
    listenForStop(() => interrupt.abort(), { patienceMs: CLIENT_STOP_MS });
    const config = await configFor(command, parsed.values.config, locale);
    const typed = await withLink({ ...parsed, ...commandOf(command, config) }, interrupt, locale);
    const resolved = resolveArguments(typed, locale);
    const { values } = resolved;
    [json, locale] = [values.json, localeFor(command, values, locale)];
    if (values["print-config"]) {
      const lines = describeConfig(command.options, { ...resolved, file: config.file, locale });
      return print(lines.join("\n"));
    }
    await tellShadow(resolved, locale);
    const login = command.operands[0]?.kind === "host" ? await readLogin(values, locale) : null;
    return await command.run({ ...resolved, typed, locale, login, interrupt });
  } catch (error) {
    const failure = locale.failure(error);
    if (failure.exitCode === EXIT.interrupted) return EXIT.interrupted; // The user asked for it by Ctrl-C
    if (error instanceof OutputClosedError) return EXIT.done;
    if (json) tryWriteOut(`${jsonLine(errorEvent(failure))}\n`);
    writeError(`${CLIENT_NAME}: ${formatFailure(failure)}`);
    return failure.exitCode;
  }
}

/** What the user's file says for a command; nothing for one that does without, such as `help`. */
async function configFor(
  { options }: Command,
  wished: string | undefined,
  locale: Locale,
): Promise<ClientConfig> {
  return Object.hasOwn(options, "config") ? await readClientConfig(wished, locale) : NO_CONFIG;
}

/** The locale that a run wishes, with the hints that fit it. */
function localeFor({ options }: Command, values: Invocation["values"], otherwise: Locale): Locale {
  return withHints(localeOf(values.lang, otherwise), hintsOf(values, options));
}

/** Writes to standard output, unless it has failed: standard error says the same. */
function tryWriteOut(text: string): void {
  try {
    writeOut(text);
  } catch {
    // The text on standard error follows
  }
}

function print(text: string): number {
  writeOut(`${text}\n`);
  return EXIT.done;
}
