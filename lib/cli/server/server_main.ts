import type { ServerEvent } from "../../server/config/events.ts";
import type { Server } from "../../server/server.ts";
import type { ServerSetup } from "../../server/config/options.ts";
import { serveWithPage } from "../../server/serve.ts";
import type { WebPage } from "../../server/web_page.ts";
import { loadByUrl } from "../../load_by_url.ts";
import { VERSION } from "../../version.ts";
import { checkEnvironment } from "../options/check_environment.ts";
import { findCommand, type FoundCommand } from "../options/command.ts";
import { COMPLETE_COMMAND } from "../options/completion_scripts.ts";
import { completionScript } from "../options/completions_command.ts";
import { helpOf } from "../options/help_command.ts";
import { optionScope } from "../options/option_scope.ts";
import {
  type OptionValues,
  parseOptions,
  readFlagVariable,
  requestedLanguage,
} from "../options/options.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { dataFolder, plannedDataFolder, servedFolder } from "../options/state_folder.ts";
import { openLineInput } from "../terminal/open_line_input.ts";
import { hangupStops, listenForStop, type StopRequest } from "../terminal/signals.ts";
import { startStopWatchdog } from "../terminal/stop_watchdog.ts";
import { EXIT, formatFailure } from "../texts/failure.ts";
import { type Locale, makeLocale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { setUpColors } from "../view/colors.ts";
import { setUpJson } from "../view/json_line.ts";
import { OutputClosedError, writeError, writeOut } from "../view/output.ts";
import { closeInTime } from "./close_in_time.ts";
import { outputColumns } from "../view/terminal_columns.ts";
import type { Listening } from "./join_lines.ts";
import { LastingServer, type StartServer } from "./lasting_server.ts";
import type { LogFormat } from "./server_log.ts";
import { ServerOutput } from "./server_output.ts";
import { SERVER_OPTIONS } from "./server_options.ts";
import { SERVER_NAME, SERVER_PROGRAM } from "./server_program.ts";
import { type Configured, withServerFile } from "./server_file.ts";
import { advertised } from "./cluster_settings.ts";
import { badPortWarning, ownPlaces, pageOf } from "./server_page.ts";
import { refuseWord } from "./refuse_word.ts";
import { serverOptions } from "./server_settings.ts";
import { checkQrChoice, showQrCode } from "./start_qr.ts";

type Values = OptionValues<typeof SERVER_OPTIONS>;

/**
 * Runs the server's program until a stop is asked for, and returns its exit code.
 *
 * @param name what help and errors call the program
 */
export async function runServer(
  args: readonly string[],
  name = SERVER_NAME,
): Promise<number> {
  const env = (name: string) => Deno.env.get(name);
  const context = { name, env, locale: makeLocale(requestedLanguage(args, env)) };
  try {
    return await runCommand(findCommand(SERVER_PROGRAM, args), context);
  } catch (error) {
    if (error instanceof OutputClosedError) return EXIT.done;
    const failure = context.locale.failure(error);
    if (failure.exitCode === EXIT.interrupted) return EXIT.interrupted; // Asked for by Ctrl-C
    writeError(`${name}: ${formatFailure(failure)}`);
    return failure.exitCode;
  }
}

/** Completes a line. The server's program knows no names of a server. */
async function complete(args: readonly string[], locale: Locale): Promise<number> {
  const { answerCompletion } = await import("../options/answer_completion.ts");
  const noNames = () => Promise.resolve([]);
  return print(await answerCompletion(SERVER_PROGRAM, args, noNames, locale));
}

async function runCommand(
  { path, command, args }: FoundCommand,
  context: {
    readonly name: string;
    readonly env: (name: string) => string | undefined;
    /** That of the file, once it is read. */
    locale: Locale;
  },
): Promise<number> {
  const { name, env, locale } = context;
  setUpJson(readFlagVariable("ascii", env, locale));
  const [group, subcommand] = path;
  if (group === COMPLETE_COMMAND) return await complete(args, locale);
  const scope = optionScope(SERVER_PROGRAM, command, path, locale);
  const parsed = parseOptions(SERVER_OPTIONS, args, env, scope);
  const { values, positionals } = parsed;
  const help = (topic: readonly string[]) =>
    print([helpOf(name, SERVER_PROGRAM, topic, locale, outputColumns())]);
  if (values.help) return help(path);
  if (values.version) return print([`${name} ${VERSION}`]);
  checkEnvironment(Object.keys(SERVER_OPTIONS), env, locale);
  const isClusterHelp = group === "cluster" && path.length + positionals.length === 1;
  const topic = isClusterHelp ? path : group === "help" ? positionals : null;
  if (topic !== null) return help(topic);
  if (group === "completions") return print([completionScript(positionals, locale).trimEnd()]);
  const configured = await withServerFile(parsed, command, locale);
  const { locale: ownLocale } = configured;
  context.locale = ownLocale;
  const words = subcommand === undefined ? positionals : [subcommand, ...positionals];
  const managed = await manage(group, words, configured);
  if (managed !== null) return managed;
  refuseWord(positionals[0], ownLocale);
  checkQrChoice(configured.values, ownLocale);
  if (values["print-config"]) {
    const { describeConfig } = await import("../commands/describe_config.ts");
    return print(describeConfig(command.options, configured));
  }
  setUpColors(Deno.stdout.isTerminal());
  return await run(configured.values, ownLocale);
}

/** Carries out a command about what a server has stored; `null` for none. A start needs none of their code. */
async function manage(
  group: string | undefined,
  words: readonly string[],
  { values, sources, locale }: Configured,
): Promise<number | null> {
  if (group === "doctor") return await runDoctor(values, words, locale);
  if (group === "user") {
    const { manageUsers } = await import("./manage_users.ts");
    return await manageUsers(words, values, locale);
  }
  if (group === "link") {
    const { manageLinks } = await import("./manage_links.ts");
    return await manageLinks(words, { values, sources, locale });
  }
  if (group !== "cluster") return null;
  const { manageCluster } = await loadByUrl<typeof import("./manage_cluster.ts")>(
    new URL("./manage_cluster.ts", import.meta.url),
  );
  return await manageCluster(words, values, locale);
}

async function runDoctor(
  values: Values,
  positionals: readonly string[],
  locale: Locale,
): Promise<number> {
  refuseArgument(positionals[0], locale);
  const data = await plannedDataFolder(values.data, servedFolder(values.root), locale);
  const { json, quiet } = values;
  const { serverDoctor } = await loadByUrl<typeof import("./server_doctor.ts")>(
    new URL("./server_doctor.ts", import.meta.url),
  );
  return await serverDoctor(serverOptions(values, data, locale), { json, quiet, locale });
}

/** Serves until a signal, the console or an admin asks for the stop. */
async function run(values: Values, locale: Locale): Promise<number> {
  const { json, quiet } = values;
  const format = logFormat(values, locale);
  const stopped = Promise.withResolvers<void>();
  let server: LastingServer | null = null;
  const onHangup = hangupStops(Deno.build.os) || hasTerminal(values)
    ? undefined
    : () => void server?.current?.reload();
  const stop = listenForStop(stopped.resolve, { onHangup });
  const output = new ServerOutput(format);
  const { log, write } = output;
  const input = values["no-console"]
    ? null
    : await openLineInput({ write, onInterrupt: stop.request });
  if (input !== null) output.printAbove(input);
  const page = pageOf(values, locale);
  server = await startUnless(stopped.promise, values, { locale, log, stop, page });
  if (server === null) return EXIT.done;
  const metrics = await metricsOf(server, values.metrics, locale);
  await introduce(await output.listening, values, { format, output });
  let isStopping = false;
  if (input !== null) {
    const context = { format, output, isStopping: () => isStopping };
    waitForConsole(server, input, context).then(stop.request);
  }
  await Promise.race([stopped.promise, server.failed]);
  isStopping = true;
  using _watchdog = startStopWatchdog();
  if (!json && !quiet) output.print(locale.t("stopping"));
  const isClosed = await closeInTime(server, metrics, log);
  input?.close();
  await output.drain();
  stop.dispose();
  return isClosed ? EXIT.done : EXIT.other;
}

function logFormat(values: Values, locale: Locale): LogFormat {
  const { json, quiet, name = Deno.hostname() } = values;
  const isTerminal = Deno.stdout.isTerminal();
  return { json, quiet, locale, name, isTerminal, places: ownPlaces(advertised(values, locale)) };
}

/** Carries out the lines of the console. Resolves when one of them asks for the stop. */
async function waitForConsole(
  ...args: Parameters<typeof import("./run_console.ts").runConsole>
): Promise<void> {
  const { runConsole } = await import("./run_console.ts");
  await runConsole(...args);
}

/** The metrics, where they are asked for. @throws {UsageError} as `serveMetrics` does */
async function metricsOf(server: LastingServer, place: string | undefined, locale: Locale) {
  if (place === undefined) return null;
  const { serveMetrics } = await import("./serve_metrics.ts");
  return serveMetrics(server, place, locale);
}

/** Warns of a port that browsers refuse, and shows how others connect as a QR code. */
async function introduce(
  event: Listening,
  values: Values,
  { format, output }: { readonly format: LogFormat; readonly output: ServerOutput },
): Promise<void> {
  const message = values["no-web"] ? null : badPortWarning(event.port, format.locale);
  if (message !== null) output.log({ event: "warning", message });
  await showQrCode(event, values, { format, output });
}

interface StartContext {
  readonly locale: Locale;
  readonly log: (event: ServerEvent) => void;
  readonly stop: StopRequest;
  /** `null` for none. */
  readonly page: WebPage | null;
}

/** Whether SIGHUP means that the terminal is gone; else it asks a service to read its files again. */
function hasTerminal(values: Values): boolean {
  return !values["no-console"] && (Deno.stdin.isTerminal() || Deno.stdout.isTerminal());
}

/** `null` if a stop is asked for before the server has started: one of a cluster may wait for long. */
async function startUnless(
  stopped: Promise<void>,
  values: Values,
  context: StartContext,
): Promise<LastingServer | null> {
  return await Promise.race([start(values, context), stopped.then(() => null)]);
}

/** Starts to serve. */
async function start(values: Values, context: StartContext): Promise<LastingServer> {
  const { locale, log } = context;
  surviveBugs(log);
  const data = await dataFolder(values.data, servedFolder(values.root), locale);
  if (data.notice !== null) log({ event: "warning", message: data.notice });
  const options = serverOptions(values, data.path, locale);
  const serve: StartServer = async (more) => {
    const server = await serveWithCommands({ ...options, ...more }, context);
    if (values["require-account"] && server.accounts().length === 0) {
      const { server: program } = typedPrograms();
      const message = locale.t("noUsersYet", { server: program, folder: data.path });
      log({ event: "error", message });
    }
    return server;
  };
  const cluster = options.cluster?.name ?? "";
  return await LastingServer.start(serve, { log, locale, cluster });
}

/** Serves, and lets admins use the console's commands. */
async function serveWithCommands(
  options: ServerSetup,
  { locale, log, stop, page }: StartContext,
): Promise<Server> {
  let server: Server | null = null;
  const onCommand = async (line: string, client: number) => {
    if (server === null) return [];
    const { runAdminLine } = await import("./server_console.ts");
    const result = await runAdminLine(server, line, { locale, client });
    if (result.stop) stop.request();
    return result.lines;
  };
  server = await serveWithPage({ ...options, onEvent: log, onCommand }, page);
  return server;
}

/** Logs an error that nothing handled: a bug must not end the server for its other clients. */
function surviveBugs(log: (event: ServerEvent) => void): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log({ event: "error", message: `Bug: ${event.reason?.stack ?? event.reason}` });
  });
}

function print(lines: readonly string[]): number {
  writeOut(lines.map((line) => `${line}\n`).join(""));
  return EXIT.done;
}
