import { join, resolve } from "@std/path";
import type { Language } from "../protocol/errors.ts";
import type { ServerEvent } from "../server/events.ts";
import type { ServerOptions } from "../server/options.ts";
import { serve, type Server } from "../server/server.ts";
import { setUpColors } from "./colors.ts";
import { describeError, EXIT, formatFailure } from "./failure.ts";
import { renderHelp } from "./help.ts";
import { type LineInput, openLineInput } from "./line_input.ts";
import { type OptionValues, parseOptions, requestedLanguage, UsageError } from "./options.ts";
import { writeError, writeOut } from "./output.ts";
import { CONSOLE_COMMANDS, runConsoleLine } from "./server_console.ts";
import { formatEvent, type LogFormat } from "./server_log.ts";
import { SERVER_HELP, SERVER_OPTIONS } from "./server_options.ts";
import { listenForStop } from "./signals.ts";
import { translator } from "./texts.ts";
import { VERSION } from "./version.ts";

type Values = OptionValues<typeof SERVER_OPTIONS>;

/** Runs the server's program until it is told to stop, and returns its exit code. */
export async function runServer(args: readonly string[]): Promise<number> {
  const env = (name: string) => Deno.env.get(name);
  const language = requestedLanguage(args, env);
  try {
    const { values, positionals } = parseOptions(SERVER_OPTIONS, args, env);
    if (values.help) return print(renderHelp(SERVER_HELP, SERVER_OPTIONS, language));
    if (values.version) return print(`tcp-chat-server ${VERSION}`);
    const [argument] = positionals;
    if (argument !== undefined) {
      throw new UsageError(translator(language)("unexpectedArgument", { value: argument }));
    }
    setUpColors(Deno.stdout.isTerminal());
    return await run(values, language);
  } catch (error) {
    const failure = describeError(error, language);
    writeError(`tcp-chat-server: ${formatFailure(failure)}`);
    return failure.exitCode;
  }
}

async function run(values: Values, language: Language): Promise<number> {
  const format: LogFormat = {
    json: values.json,
    quiet: values.quiet,
    language,
    name: values.name ?? Deno.hostname(),
  };
  const stopped = Promise.withResolvers<void>();
  const stop = listenForStop(stopped.resolve);
  const input = values["no-console"] ? null : await openLineInput({
    complete: (line) => CONSOLE_COMMANDS.filter((name) => name.startsWith(line)),
    onInterrupt: stop.request,
  });
  const log = (event: ServerEvent) => {
    const line = formatEvent(event, format, new Date());
    if (line !== null) printLog(line, input);
  };
  surviveBugs(log);
  const server = await serve(serverOptions(values, language, log));
  if (input !== null) runConsole(server, input, language, format).then(stopped.resolve);
  await stopped.promise;
  if (!format.json && !format.quiet) {
    const text = translator(language)("stopping");
    if (input === null) writeOut(`${text}\n`);
    else input.print(text);
  }
  await server.stop();
  input?.close();
  stop.dispose();
  return EXIT.done;
}

/** Whoever read the log may be gone: that is no reason to stop serving. */
function printLog(line: string, input: LineInput | null): void {
  try {
    if (input === null) writeOut(`${line}\n`);
    else input.print(line);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** An error that nobody handled is a bug; it must not take all other clients along. */
function surviveBugs(log: (event: ServerEvent) => void): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log({ event: "error", message: `Bug: ${event.reason?.stack ?? event.reason}` });
  });
}

function serverOptions(
  values: Values,
  language: Language,
  onEvent: (event: ServerEvent) => void,
): ServerOptions {
  const { host, port } = values;
  return {
    ...(host !== undefined && { hostname: host }),
    ...(port !== undefined && { port }),
    ...(values["max-clients"] !== undefined && { maxClients: values["max-clients"] }),
    ...(values["max-per-address"] !== undefined && { maxPerAddress: values["max-per-address"] }),
    ...(values["max-workers"] !== undefined && { maxWorkers: values["max-workers"] }),
    ...(values["chat-rate"] !== undefined && { chatPerSecond: values["chat-rate"] }),
    root: resolve(values.root ?? "server_files"),
    dataDirectory: resolve(values.data ?? defaultDataDirectory()),
    chat: !values["no-chat"],
    files: !values["no-files"],
    language,
    onEvent,
  };
}

/** Where state goes by the XDG Base Directory Specification. */
function defaultDataDirectory(): string {
  const state = Deno.env.get("XDG_STATE_HOME");
  if (state) return join(state, "tcp-chat");
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".";
  return join(home, ".local", "state", "tcp-chat");
}

/** Resolves when a line says to stop. The end of input leaves the server running. */
async function runConsole(
  server: Server,
  input: LineInput,
  language: Language,
  { json, quiet }: LogFormat,
): Promise<void> {
  if (input.isTerminal && !json && !quiet) input.print(translator(language)("consoleHint"));
  input.setPrompt("> ");
  for await (const line of input.lines()) {
    const { lines, stop } = await runConsoleLine(server, line, language);
    if (stop) return;
    if (lines.length === 0) continue;
    const answer = lines.join("\n");
    if (json) writeError(`${answer}\n`); // Standard output holds objects only
    else input.print(answer);
  }
  await new Promise(() => {}); // Only a signal ends it now
}

function print(text: string): number {
  writeOut(`${text}\n`);
  return EXIT.done;
}
