import { abortable } from "@std/async/abortable";
import { LOBBY } from "../../protocol/chat_names.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import type { LoginOptions } from "../../client/log_in.ts";
import { type Endpoint, formatEndpoint } from "../../stream/endpoint.ts";
import { get } from "../commands/get.ts";
import { listen } from "../commands/listen.ts";
import { folderPath, ls } from "../commands/ls.ts";
import { put } from "../commands/put.ts";
import { say } from "../commands/say.ts";
import { stat } from "../commands/stat.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { askPassword } from "../terminal/password.ts";
import type { Locale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { describeKept } from "../view/describe_kept.ts";
import {
  connectOptions,
  type Invocation,
  mistake,
  type NamedLogin,
  reportFormat,
  requireAddress,
} from "./client_invocation.ts";
import { DEFAULT_OUTPUT } from "./client_options.ts";
import { tlsTrust } from "./trust.ts";

/** How a command connects that takes no part in the chat: its coming and going is not told. */
async function absentOptions(
  endpoint: Endpoint,
  invocation: Invocation,
): Promise<ConnectOptions> {
  return { ...await connectOptions(endpoint, invocation), present: false };
}

/** Runs `get`. */
export async function runGet(invocation: Invocation): Promise<number> {
  const { values, args, locale, interrupt } = invocation;
  const [address, ...paths] = args;
  const endpoint = requireAddress(address, locale);
  const { sha256, stdout: toStdout } = values;
  if (paths.length === 0) throw mistake("noPath", locale);
  if ((sha256 !== undefined || toStdout) && paths.length > 1) throw mistake("onePath", locale);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) throw mistake("sha256", locale);
  return await get({
    connection: await absentOptions(endpoint, invocation),
    paths,
    directory: values.output ?? DEFAULT_OUTPUT,
    replace: values.replace,
    jobs: values.jobs ?? 4,
    resume: !values["no-resume"],
    zstd: values.zstd,
    toStdout,
    sha256: sha256?.toLowerCase(),
    signal: interrupt.signal,
    format: reportFormat(invocation),
  });
}

/** Runs `put`. */
export async function runPut(invocation: Invocation): Promise<number> {
  const { values, args, locale, interrupt } = invocation;
  const [address, ...paths] = args;
  const endpoint = requireAddress(address, locale);
  if (paths.length === 0) throw mistake("noFile", locale);
  return await put({
    connection: await absentOptions(endpoint, invocation),
    paths,
    to: values.to ?? "",
    ownPaths: values.config === undefined ? [] : [values.config],
    replace: values.replace,
    jobs: values.jobs ?? 4,
    resume: !values["no-resume"],
    zstd: values.zstd,
    room: values.room?.[0],
    signal: interrupt.signal,
    format: reportFormat(invocation),
  });
}

/** Runs `ls`. */
export async function runLs(invocation: Invocation): Promise<number> {
  const { values, args, locale, interrupt } = invocation;
  const [address, path = "", unexpected] = args;
  const endpoint = requireAddress(address, locale);
  refuseArgument(unexpected, locale);
  const { recursive, long, json } = values;
  return await ls({
    connection: await absentOptions(endpoint, invocation),
    path: folderPath(path),
    recursive,
    long,
    json,
    locale,
    signal: interrupt.signal,
  });
}

/** Runs `stat`. */
export async function runStat(invocation: Invocation): Promise<number> {
  const { values, args, locale, interrupt } = invocation;
  const [address, ...paths] = args;
  const endpoint = requireAddress(address, locale);
  if (paths.length === 0) throw mistake("noPath", locale);
  return await stat({
    connection: await absentOptions(endpoint, invocation),
    paths,
    json: values.json,
    locale,
    signal: interrupt.signal,
  });
}

/** Runs `say`. */
export async function runSay(invocation: Invocation): Promise<number> {
  const { values, args, locale, interrupt } = invocation;
  const [address, ...words] = args;
  const endpoint = requireAddress(address, locale);
  const text = words.length > 0 ? words.join(" ") : await readMessage(interrupt.signal);
  const connection = await absentOptions(endpoint, invocation);
  const { nick, to, room, quiet } = values;
  if (to !== undefined && room !== undefined) throw mistake("oneTarget", locale);
  const errors = new ErrorOutput(locale);
  const target = to === undefined ? { room: room?.[0] ?? LOBBY } : { to };
  const exitCode = await say(text, {
    connection,
    signal: interrupt.signal,
    target,
    nick,
    onSent: (sent) => {
      const note = describeKept(target, sent, locale);
      if (note !== null && !quiet) errors.write(`${note}\n`);
    },
  });
  await errors.written();
  return exitCode;
}

/** Runs `listen`. */
export async function runListen(invocation: Invocation): Promise<number> {
  const { values, args, locale, interrupt } = invocation;
  const [address, unexpected] = args;
  const endpoint = requireAddress(address, locale);
  refuseArgument(unexpected, locale);
  const { json, quiet, nick, room, history = 0 } = values;
  const errors = new ErrorOutput(locale);
  const onConnected = () => {
    if (!Deno.stderr.isTerminal() || quiet) return;
    errors.write(`${locale.t("listeningTo", { address: formatEndpoint(endpoint) })}\n`);
  };
  return await listen({
    connection: await connectOptions(endpoint, invocation),
    signal: interrupt.signal,
    json,
    locale,
    rooms: room ?? [LOBBY],
    history,
    nick,
    errors,
    onConnected,
  });
}

/** The account, with its password asked for where the options give none. */
async function wholeLogin(
  login: NamedLogin | null,
  { t }: Locale,
  signal: AbortSignal,
): Promise<LoginOptions | null> {
  if (login === null) return null;
  const password = login.password ?? await abortable(askPassword(t("askPassword")), signal);
  return password === null ? null : { user: login.user, password };
}

/** Runs `doctor`. */
export async function runDoctor(invocation: Invocation): Promise<number> {
  const { values, args, locale, login, interrupt: { signal } } = invocation;
  const [address, unexpected] = args;
  const endpoint = address === undefined ? null : requireAddress(address, locale);
  refuseArgument(unexpected, locale);
  const noQuestion = () => Promise.resolve(null); // Nothing is trusted for good: no need to ask
  const account = await wholeLogin(login, locale, signal);
  const tls = endpoint === null ? null : await tlsTrust(endpoint, values, noQuestion, locale);
  // No other command needs the checks and their texts
  const [{ doctor }, { DOCTOR_TEXTS }] = await Promise.all([
    import("../commands/doctor.ts"),
    import("../texts/doctor_texts.ts"),
  ]);
  return await doctor({
    address: endpoint === null ? null : formatEndpoint(endpoint),
    signal,
    speed: values.speed,
    env: (name) => Deno.env.get(name),
    format: {
      texts: DOCTOR_TEXTS,
      locale,
      program: typedPrograms().server,
      os: Deno.build.os,
      json: values.json,
      quiet: values.quiet,
    },
    ...(tls !== null && { tls }),
    ...(account !== null && { login: account }),
  });
}

/** More of standard input is not read: no message is so long, whatever blanks end it. */
const MESSAGE_INPUT_BYTES = 64 * 1024;

/** The message on standard input. A longer input is cut, to something still too long to be sent. */
async function readMessage(signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  // A stream would end its last read before it ends itself, and no signal could end that
  while (text.length <= MESSAGE_INPUT_BYTES) {
    const count = await abortable(Deno.stdin.read(buffer), signal);
    if (count === null) return (text + decoder.decode()).trimEnd();
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}
