import { abortable } from "@std/async/abortable";
import { isAbsolute, relative, SEPARATOR } from "../../files/path.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import { PACE_LIMITS } from "../../protocol/limits.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { literalPattern, readPatterns } from "../../files/exclude_rules.ts";
import { formatHosts, type ServerHosts } from "../../stream/endpoint.ts";
import { folderPath } from "../options/folder_path.ts";
import { isPattern } from "../../protocol/is_pattern.ts";
import type { MirrorChoice } from "../commands/mirror.ts";
import { mirrorMistake } from "../options/mirror_mistake.ts";
import type { TransferCommandOptions } from "../commands/transfer_command.ts";
import type { RequestCommandOptions } from "../commands/with_client.ts";
import { describeLacking } from "../options/partner_options.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { UsageError } from "../texts/usage_error.ts";
import { describeKept } from "../view/describe_kept.ts";
import {
  connectOptions,
  type Invocation,
  mistake,
  reportFormat,
  requireAddress,
} from "./client_invocation.ts";
import { DEFAULT_OUTPUT } from "./client_options.ts";
import { loadCommand } from "./load_command.ts";
import { readEvery } from "./pace_options.ts";
import { askToGoOn } from "./trust.ts";

/** How a command connects that takes no part in the chat: its coming and going is not told. */
async function absentOptions(
  endpoint: ServerHosts,
  invocation: Invocation,
): Promise<ConnectOptions> {
  return { ...await connectOptions(endpoint, invocation), present: false };
}

/** How a command connects and prints that asks a server for something. */
export async function requestOptions(
  endpoint: ServerHosts,
  invocation: Invocation,
): Promise<RequestCommandOptions> {
  const { values: { json, quiet }, locale, interrupt: { signal } } = invocation;
  return { connection: await absentOptions(endpoint, invocation), json, quiet, locale, signal };
}

/** The data connections of a transfer. Below the least rate for each, peers take one for a stalled one. */
function jobsOf({ jobs = 4, bwlimit }: Invocation["values"]): number {
  const paced = bwlimit ? Math.floor(bwlimit / PACE_LIMITS.bytesPerSecond) : Infinity;
  return Math.min(jobs, Math.max(1, paced));
}

/** Runs `get`. */
export async function runGet(invocation: Invocation): Promise<number> {
  const { values, args, locale } = invocation;
  const [address, ...paths] = args;
  const endpoint = requireAddress(address, locale);
  const { sha256, stdout: toStdout, "from-sums": fromSums } = values;
  checkPartners(invocation);
  if (fromSums !== undefined) checkFromSums(invocation, paths);
  else if (paths.length === 0 && values.link === undefined) throw mistake("noPath", locale);
  if ((sha256 !== undefined || toStdout) && paths.length > 1) throw mistake("onePath", locale);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) throw mistake("sha256", locale);
  const everyMs = readRounds(invocation);
  if (everyMs !== null && !values.replace) throw mistake("everyReplace", locale);
  const { get } = await loadCommand.get();
  return await get({
    ...await transferOptions(endpoint, invocation),
    paths,
    directory: values.output ?? DEFAULT_OUTPUT,
    everyMs,
    mirror: mirrorChoice(invocation, paths),
    toStdout,
    sha256: sha256?.toLowerCase(),
    fromSums,
  });
}

/** What `get` and `put` take over from the line as it is. @throws {DiskError} */
async function transferOptions(
  endpoint: ServerHosts,
  invocation: Invocation,
): Promise<Omit<TransferCommandOptions, "paths" | "everyMs">> {
  const { values, interrupt } = invocation;
  return {
    connection: await absentOptions(endpoint, invocation),
    replace: values.replace,
    jobs: jobsOf(values),
    retries: values.retry ?? null,
    resume: !values["no-resume"],
    zstd: values.zstd,
    exclude: await readExcludes(values),
    dryRun: values["dry-run"],
    checksum: values.checksum,
    exec: !values["no-exec"],
    sums: values.sums,
    signal: interrupt.signal,
    format: reportFormat(invocation),
  };
}

/** @throws {UsageError} for an option of the line that does nothing without another one */
function checkPartners({ values, typed: { given }, locale }: Invocation): void {
  const isSet = (option: string) => Boolean(values[option as keyof typeof values]);
  const lacking = describeLacking(given, locale, isSet);
  if (lacking !== null) throw new UsageError(lacking);
}

/** The pause of `--every`; `null` without it. @throws {UsageError} for what cannot be repeated */
function readRounds({ values, locale }: Invocation): number | null {
  const everyMs = readEvery(values.every, locale);
  if (everyMs === null) return null;
  if (values.stdout) throw mistake("everyWith", locale, "--stdout");
  if (values["dry-run"]) throw mistake("everyWith", locale, "--dry-run");
  if (values.delete && !values.yes) throw mistake("everyYes", locale);
  return everyMs;
}

/** What `--delete` deletes, and how; `null` without it. @throws {UsageError} */
function mirrorChoice(
  { values, locale }: Invocation,
  paths: readonly string[],
): MirrorChoice | null {
  const { replace, sha256, stdout, "from-sums": fromSums, "max-delete": maxDelete } = values;
  if (!values.delete) return null;
  const { sums, "exclude-from": excludeFrom } = values;
  const isOther = sha256 !== undefined || stdout || fromSums !== undefined;
  if (!replace || isOther || paths.length !== 1 || paths.some(isPattern)) {
    throw mirrorMistake(locale);
  }
  const kept = [sums, excludeFrom].filter((file) => file !== undefined);
  return { maxDelete: maxDelete ?? null, isSettled: values.yes, ask: askToGoOn(), kept };
}

/** @throws {UsageError} for what `--from-sums` leaves no room for */
function checkFromSums({ values, locale }: Invocation, [, second]: readonly string[]): void {
  if (values.sha256 !== undefined || values.stdout) throw mistake("fromSums", locale);
  refuseArgument(second, locale);
}

/** Runs `put`. */
export async function runPut(invocation: Invocation): Promise<number> {
  const { values, args, typed: { given }, locale } = invocation;
  const [address, ...paths] = args;
  const endpoint = requireAddress(address, locale);
  if (paths.length === 0) throw mistake("noFile", locale);
  checkPartners(invocation);
  const everyMs = readRounds(invocation);
  if (values.link !== undefined && given.has("room")) throw mistake("linkRoom", locale);
  const { sums } = values;
  const isSent = sums !== undefined && paths.some((path) => isIn(path, sums));
  if (everyMs !== null && isSent) throw mistake("everySums", locale);
  const { put } = await loadCommand.put();
  return await put({
    ...await transferOptions(endpoint, invocation),
    everyMs,
    paths,
    to: values.to,
    ownPaths: values.config === undefined ? [] : [values.config],
    gitignore: values.gitignore,
    links: values.links === "follow" ? "follow" : "skip",
    room: values.link === undefined ? values.room?.[0] : undefined,
    known: values.known || undefined,
  });
}

/** Whether a file is a path of this machine, or lies below it. */
function isIn(path: string, file: string): boolean {
  const inside = relative(path, file);
  return !isAbsolute(inside) && inside.split(SEPARATOR)[0] !== "..";
}

/** The patterns of the file, then those of the line, which overrule them. @throws {DiskError} */
async function readExcludes(
  { exclude = [], "exclude-from": file }: Invocation["values"],
): Promise<readonly string[]> {
  const patterns = exclude.map(literalPattern);
  return file === undefined ? patterns : [...await readPatterns(file), ...patterns];
}

/** Runs `ls`. */
export async function runLs(invocation: Invocation): Promise<number> {
  const { values: { recursive, long }, args, locale } = invocation;
  const [address, path = "", unexpected] = args;
  const endpoint = requireAddress(address, locale);
  refuseArgument(unexpected, locale);
  const { ls } = await loadCommand.ls();
  return await ls({
    ...await requestOptions(endpoint, invocation),
    path: folderPath(path),
    recursive,
    long,
  });
}

/** Runs `stat`. */
export async function runStat(invocation: Invocation): Promise<number> {
  const { args: [address, ...paths], locale } = invocation;
  const endpoint = requireAddress(address, locale);
  if (paths.length === 0) throw mistake("noPath", locale);
  const { stat } = await loadCommand.stat();
  return await stat({ ...await requestOptions(endpoint, invocation), paths });
}

/** Runs `verify`. */
export async function runVerify(invocation: Invocation): Promise<number> {
  const { values, args, locale } = invocation;
  const [address, path, place, unexpected] = args;
  const endpoint = requireAddress(address, locale);
  if (path === undefined) throw mistake("noPath", locale);
  refuseArgument(unexpected, locale);
  const { verify } = await loadCommand.verify();
  return await verify({
    ...await requestOptions(endpoint, invocation),
    path: folderPath(path),
    directory: values.output ?? DEFAULT_OUTPUT,
    place,
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
  const { say } = await loadCommand.say();
  const exitCode = await say(text, {
    connection,
    signal: interrupt.signal,
    target,
    nick,
    locale,
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
    errors.write(`${locale.t("listeningTo", { address: formatHosts(endpoint) })}\n`);
  };
  const { listen } = await loadCommand.listen();
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
