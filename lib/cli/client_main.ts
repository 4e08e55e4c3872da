import type { ConnectOptions } from "../client/client.ts";
import type { Language } from "../protocol/errors.ts";
import { type Endpoint, formatEndpoint } from "../stream/tcp.ts";
import { DEFAULT_PORT, parseAddress, parsePort } from "./address.ts";
import { CLIENT_HELP, CLIENT_OPTIONS } from "./client_options.ts";
import { setUpColors } from "./colors.ts";
import { completeCommand } from "./commands.ts";
import { describeError, EXIT, formatFailure } from "./failure.ts";
import { get } from "./get.ts";
import { renderHelp } from "./help.ts";
import { interact } from "./interactive.ts";
import { fill, type Text } from "./language.ts";
import { type LineInput, openLineInput } from "./line_input.ts";
import { type OptionValues, parseOptions, requestedLanguage, UsageError } from "./options.ts";
import { writeError, writeOut } from "./output.ts";
import { listenForStop } from "./signals.ts";
import { listen, say } from "./talk.ts";
import { translator } from "./texts.ts";
import { describeUnknownCommand } from "./unknown_command.ts";
import { VERSION } from "./version.ts";

/** What every command gets. */
interface Invocation {
  readonly values: OptionValues<typeof CLIENT_OPTIONS>;
  readonly args: readonly string[];
  readonly language: Language;
  /** Fires at Ctrl-C. */
  readonly interrupt: AbortController;
}

const MISTAKES = {
  address: { en: "{value} is not HOST or HOST:PORT", "pt-BR": "{value} não é HOST ou HOST:PORTA" },
  port: {
    en: "The port must be a number from 1 to 65535, not {value}",
    "pt-BR": "A porta deve ser um número de 1 a 65535, não {value}",
  },
  noAddress: { en: "Which server? Give HOST[:PORT]", "pt-BR": "Qual servidor? Dê HOST[:PORTA]" },
  noPath: { en: "Which file? Give its path", "pt-BR": "Qual arquivo? Dê o caminho" },
  onePath: {
    en: "--sha256 and --stdout take exactly one file",
    "pt-BR": "--sha256 e --stdout aceitam exatamente um arquivo",
  },
  sha256: {
    en: "--sha256 must be 64 hexadecimal digits",
    "pt-BR": "--sha256 deve ter 64 dígitos hexadecimais",
  },
} as const satisfies Record<string, Text>;

const COMMANDS: Readonly<Record<string, (invocation: Invocation) => Promise<number>>> = {
  get: runGet,
  say: runSay,
  listen: runListen,
};

/** Runs the client's program and returns its exit code. */
export async function runClient(args: readonly string[]): Promise<number> {
  const env = (name: string) => Deno.env.get(name);
  const language = requestedLanguage(args, env);
  const interrupt = new AbortController();
  let json = args.includes("--json");
  try {
    const { values, positionals } = parseOptions(CLIENT_OPTIONS, args, env);
    json = values.json;
    if (values.help) return print(renderHelp(CLIENT_HELP, CLIENT_OPTIONS, language));
    if (values.version) return print(`tcp-chat ${VERSION}`);
    setUpColors(Deno.stdout.isTerminal());
    listenForStop(() => interrupt.abort());
    const [name = "", ...rest] = positionals;
    const command = COMMANDS[name];
    if (command === undefined) {
      return await runInteractive({ values, args: positionals, language, interrupt });
    }
    return await command({ values, args: rest, language, interrupt });
  } catch (error) {
    const failure = describeError(error, language);
    const { code, message, exitCode } = failure;
    if (exitCode === EXIT.interrupted) return exitCode; // Whoever did that knows
    if (error instanceof Deno.errors.BrokenPipe) return exitCode; // Nobody reads on
    if (json) writeOut(`${JSON.stringify({ event: "error", code, message })}\n`);
    writeError(`tcp-chat: ${formatFailure(failure)}`);
    return exitCode;
  }
}

async function runGet(invocation: Invocation): Promise<number> {
  const { values, args, language, interrupt } = invocation;
  const [address, ...paths] = args;
  const endpoint = requireAddress(address, language);
  const { sha256, stdout: toStdout, json, quiet } = values;
  if (paths.length === 0) throw mistake("noPath", language);
  if ((sha256 !== undefined || toStdout) && paths.length > 1) throw mistake("onePath", language);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) throw mistake("sha256", language);
  return await get({
    connection: connectOptions(endpoint, invocation),
    paths,
    directory: values.output ?? "client_downloads",
    replace: values.replace,
    jobs: values.jobs ?? 4,
    toStdout,
    ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
    signal: interrupt.signal,
    format: {
      language,
      json,
      quiet,
      bar: Deno.stderr.isTerminal(),
      toStandardError: toStdout,
    },
  });
}

async function runSay(invocation: Invocation): Promise<number> {
  const { args, language, interrupt } = invocation;
  const [address, ...words] = args;
  const endpoint = requireAddress(address, language);
  const text = words.length > 0 ? words.join(" ") : await readStandardInput();
  const connection = connectOptions(endpoint, invocation);
  return await say(text, { connection, signal: interrupt.signal });
}

async function runListen(invocation: Invocation): Promise<number> {
  const { values, args, language, interrupt } = invocation;
  const [address, unexpected] = args;
  const endpoint = requireAddress(address, language);
  if (unexpected !== undefined) {
    throw new UsageError(translator(language)("unexpectedArgument", { value: unexpected }));
  }
  const { json, quiet } = values;
  const onConnected = () => {
    if (!Deno.stderr.isTerminal() || quiet) return;
    writeError(`${translator(language)("listeningTo", { address: formatEndpoint(endpoint) })}\n`);
  };
  return await listen({
    connection: connectOptions(endpoint, invocation),
    signal: interrupt.signal,
    json,
    onConnected,
  });
}

async function runInteractive(invocation: Invocation): Promise<number> {
  const { values, args, language, interrupt } = invocation;
  refuseMistypedCommand(args, language);
  const input = await openLineInput({
    complete: completeCommand,
    onInterrupt: () => interrupt.abort(),
  });
  try {
    const endpoint = await findEndpoint(args, input, language, interrupt.signal);
    if (endpoint === null) return EXIT.done;
    return await interact({
      connection: connectOptions(endpoint, invocation),
      directory: values.output ?? "client_downloads",
      replace: values.replace,
      talk: values.talk,
      language,
      input,
      signal: interrupt.signal,
    });
  } finally {
    input.close();
  }
}

/** `tcp-chat gte localhost x` is no server called gte. */
function refuseMistypedCommand([word, ...rest]: readonly string[], language: Language): void {
  if (word === undefined || rest.length === 0) return;
  if (rest.length === 1 && /^\d+$/.test(rest[0] ?? "")) return;
  const t = translator(language);
  throw new UsageError(
    describeUnknownCommand(word, Object.keys(COMMANDS), t("seeHelpOption"), t),
  );
}

/** The server that the arguments name, or that the user names when asked; `null` for none. */
async function findEndpoint(
  [host, port]: readonly string[],
  input: LineInput,
  language: Language,
  signal: AbortSignal,
): Promise<Endpoint | null> {
  if (host === undefined) return await askEndpoint(input, language, signal);
  const endpoint = requireAddress(host, language);
  if (port === undefined) return endpoint;
  return { hostname: endpoint.hostname, port: requirePort(port, language) };
}

async function askEndpoint(
  input: LineInput,
  language: Language,
  signal: AbortSignal,
): Promise<Endpoint | null> {
  const t = translator(language);
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  const host = await Promise.race([input.ask(t("askHost", { host: "localhost" })), aborted]);
  signal.throwIfAborted();
  if (host === null) return null;
  const endpoint = requireAddress(host.trim() || "localhost", language);
  if (endpoint.port !== DEFAULT_PORT) return endpoint;
  const port = await Promise.race([input.ask(t("askPort", { port: DEFAULT_PORT })), aborted]);
  signal.throwIfAborted();
  if (port === null) return null;
  const { hostname } = endpoint;
  return { hostname, port: requirePort(port.trim() || String(DEFAULT_PORT), language) };
}

function requireAddress(text: string | undefined, language: Language): Endpoint {
  if (text === undefined) throw mistake("noAddress", language);
  const endpoint = parseAddress(text);
  if (endpoint === null) throw mistake("address", language, text);
  return endpoint;
}

function requirePort(text: string, language: Language): number {
  const port = parsePort(text);
  if (port === null) throw mistake("port", language, text);
  return port;
}

function mistake(key: keyof typeof MISTAKES, language: Language, value = ""): UsageError {
  return new UsageError(fill(MISTAKES[key], language, { value }));
}

function connectOptions(endpoint: Endpoint, { values, interrupt }: Invocation): ConnectOptions {
  const { timeout } = values;
  const { signal } = interrupt;
  return { ...endpoint, signal, ...(timeout !== undefined && { timeoutMs: timeout * 1000 }) };
}

async function readStandardInput(): Promise<string> {
  return (await new Response(Deno.stdin.readable).text()).trimEnd();
}

function print(text: string): number {
  writeOut(`${text}\n`);
  return EXIT.done;
}
