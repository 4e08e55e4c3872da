import { VERSION } from "../../version.ts";
import { checkEnvironment } from "../options/check_environment.ts";
import { renderHelp } from "../options/help.ts";
import { parseOptions, requestedLanguage } from "../options/options.ts";
import { listenForStop } from "../terminal/signals.ts";
import { EXIT, formatFailure } from "../texts/failure.ts";
import { makeLocale } from "../texts/locale.ts";
import { setUpColors } from "../view/colors.ts";
import { OutputClosedError, writeError, writeOut } from "../view/output.ts";
import { CLIENT_COMMANDS } from "./client_commands.ts";
import { runInteractive } from "./client_interactive.ts";
import { readLogin } from "./client_invocation.ts";
import { CLIENT_HELP, CLIENT_OPTIONS } from "./client_options.ts";
import { jsonLine } from "../view/json_line.ts";

/** Runs the client's program and returns its exit code. */
export async function runClient(args: readonly string[]): Promise<number> {
  const env = (name: string) => Deno.env.get(name);
  const locale = makeLocale(requestedLanguage(args, env));
  const interrupt = new AbortController();
  let json = args.includes("--json");
  try {
    const { values, positionals } = parseOptions(CLIENT_OPTIONS, args, env);
    json = values.json;
    if (values.help) return print(renderHelp(CLIENT_HELP, CLIENT_OPTIONS, locale));
    if (values.version) return print(`tcp-chat ${VERSION}`);
    checkEnvironment(Object.keys(CLIENT_OPTIONS), env, locale);
    setUpColors(Deno.stdout.isTerminal());
    listenForStop(() => interrupt.abort());
    const [name = "", ...rest] = positionals;
    const command = CLIENT_COMMANDS[name];
    const login = await readLogin(values, locale);
    if (command === undefined) {
      return await runInteractive({ values, args: positionals, locale, login, interrupt });
    }
    return await command({ values, args: rest, locale, login, interrupt });
  } catch (error) {
    const failure = locale.failure(error);
    const { code, message, exitCode } = failure;
    if (exitCode === EXIT.interrupted) return exitCode; // The user asked for it by Ctrl-C
    if (error instanceof OutputClosedError) return EXIT.done;
    if (json) tryWriteOut(`${jsonLine({ event: "error", code, message })}\n`);
    writeError(`tcp-chat: ${formatFailure(failure)}`);
    return exitCode;
  }
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
