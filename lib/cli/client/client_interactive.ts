import { onAbort } from "../../async/on_abort.ts";
import { readLineHistory, writeLineHistory } from "../../files/line_history.ts";
import { Bandwidth } from "../../stream/bandwidth.ts";
import { formatHosts } from "../../stream/endpoint.ts";
import { interact } from "../interactive/interactive.ts";
import { DEFAULT_PORT } from "../../stream/address.ts";
import { commandMeant } from "../options/other_words.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { lineHistoryPath } from "../options/state_folder.ts";
import { describeUnknownCommand } from "../options/unknown_command.ts";
import type { LineInput } from "../terminal/line_input.ts";
import { openLineOutput } from "../terminal/line_output.ts";
import { isForPerson, openLineInput } from "../terminal/open_line_input.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import {
  type Invocation,
  invocationFor,
  requireAddress,
  requirePort,
} from "./client_invocation.ts";
import { DEFAULT_OUTPUT } from "./client_options.ts";
import { FailureQuestions } from "./failure_questions.ts";
import { retryMistakes } from "./retry_mistakes.ts";

/**
 * Runs the interactive client, and returns its exit code.
 *
 * @param commands the commands of the program, which a mistyped word may mean
 */
export async function runInteractive(
  invocation: Invocation,
  commands: readonly string[],
): Promise<number> {
  const { typed, locale, interrupt } = invocation;
  refuseMistypedCommand(typed, commands, locale);
  const history = lineHistoryPath();
  const output = openLineOutput(isForPerson(), locale, interrupt.signal);
  const input = await openLineInput({
    write: output.write,
    room: output.room,
    onInterrupt: () => interrupt.abort(),
    history: history === null ? [] : readLineHistory(history),
    onHistory: (lines) => history !== null && writeLineHistory(history, lines),
  });
  try {
    const exitCode = await interactWith(input, invocation);
    input.close();
    await output.written();
    return exitCode;
  } finally {
    input.close();
    await output.written().catch(() => {}); // The error of the command counts
  }
}

async function interactWith(input: LineInput, invocation: Invocation): Promise<number> {
  const found = await findServer(invocation, input);
  if (found === null) return EXIT.done;
  const { values, locale, interrupt } = found;
  const questions = new FailureQuestions(found, input);
  const bandwidth = new Bandwidth({ total: values.bwlimit || null });
  return await interact({
    connection: { ...await questions.connection(), bandwidth },
    room: () => questions.room,
    askAgain: async (failure, connection) => {
      return { ...await questions.askAgain(failure, connection), bandwidth };
    },
    directory: values.output ?? DEFAULT_OUTPUT,
    replace: values.replace,
    talk: values.talk,
    bell: values.bell,
    nick: values.nick,
    history: values.history,
    locale,
    input,
    signal: interrupt.signal,
  });
}

/** `tcp-chat gte localhost x` is no server called gte, unless the client's file has one. */
function refuseMistypedCommand(
  { args: [word, ...rest], config }: Invocation["typed"],
  commands: readonly string[],
  locale: Locale,
): void {
  if (word === undefined) return;
  if (config.profiles.has(word)) return refuseArgument(rest[1], locale);
  if (rest.length === 0 && commandMeant(word, ["help"]) === null) return;
  if (rest.length === 1 && /^\d+$/.test(rest[0] ?? "")) return;
  const [second = ""] = rest;
  const command = commands.includes(second) ? second : commandMeant(second, commands);
  const hint = command === null
    ? locale.t("seeHelpOption")
    : locale.t("commandFirst", { command, server: word });
  throw new UsageError(describeUnknownCommand(word, commands, hint, locale));
}

/** The invocation for the server that the user names when asked, if none is given; `null` for none. */
async function findServer(invocation: Invocation, input: LineInput): Promise<Invocation | null> {
  const { args: [host, port], locale } = invocation;
  if (host === undefined) {
    if (looksAround(invocation)) {
      const { chooseServer } = await import("./choose_server.ts"); // An address needs no libraries
      const chosen = await chooseServer(invocation, input);
      if (chosen !== "none") return chosen;
    }
    return await retryMistakes(input, () => askAddress(invocation, input));
  }
  if (port === undefined) return invocation;
  return withPort(invocation, requirePort(port, locale));
}

/**
 * Whether to look for servers first: for people only, and on Windows only on request, since its firewall
 * asks about each program that does.
 */
function looksAround({ values }: Invocation): boolean {
  const isWanted = Deno.build.os !== "windows" || Deno.env.get("TCP_CHAT_FIND") === "1";
  return isForPerson() && isWanted && !values["no-find"];
}

function withPort(invocation: Invocation, port: number): Invocation {
  const { hostname, hosts } = requireAddress(invocation.args[0], invocation.locale);
  return { ...invocation, args: [formatHosts({ hostname, port, hosts })] };
}

async function askAddress(invocation: Invocation, input: LineInput): Promise<Invocation | null> {
  const { locale, interrupt: { signal } } = invocation;
  const { t } = locale;
  const { promise: aborted, resolve } = Promise.withResolvers<null>();
  using _ = onAbort(signal, () => resolve(null));
  const host = await Promise.race([input.ask(t("askHost", { host: "localhost" })), aborted]);
  signal.throwIfAborted();
  if (host === null) return null;
  const address = host.trim() || "localhost";
  const found = await invocationFor(address, invocation);
  const isProfile = invocation.typed.config.profiles.has(address);
  const isWhole = isProfile || address.includes("://") ||
    requireAddress(address, locale).port !== DEFAULT_PORT;
  if (isWhole) return found;
  const port = await Promise.race([input.ask(t("askPort", { port: DEFAULT_PORT })), aborted]);
  signal.throwIfAborted();
  if (port === null) return null;
  return withPort(found, requirePort(port.trim() || String(DEFAULT_PORT), locale));
}
