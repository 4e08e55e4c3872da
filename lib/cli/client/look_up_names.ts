import { connect } from "../../client/connect.ts";
import type { Client } from "../../client/client.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { folderPath } from "../options/folder_path.ts";
import { type Command, takesNext } from "../options/command.ts";
import type { TypedLine } from "../options/complete.ts";
import { optionScope } from "../options/option_scope.ts";
import { parseOptions, type ValueKind } from "../options/options.ts";
import type { Locale } from "../texts/locale.ts";
import { connectOptions, readLogin, requireAddress } from "./client_invocation.ts";
import { knownAddresses } from "./known_addresses.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { readClientConfig } from "./client_config.ts";
import { commandOf, resolveArguments } from "./resolve_arguments.ts";

/** A user who waits for Tab waits no longer. */
const LOOK_UP_MS = 1_000;

/** What a look-up needs besides the line. */
export interface LookUpContext {
  /** The client's program. */
  readonly root: Command;
  readonly env: (name: string) => string | undefined;
  readonly locale: Locale;
}

/**
 * The names of a kind that fit a line: known hosts, or what the server of the line has. Asks nothing,
 * trusts no new key, and counts a server that does not answer at once as one without names.
 */
export async function lookUpNames(
  kind: ValueKind,
  line: TypedLine,
  context: LookUpContext,
): Promise<readonly string[]> {
  try {
    if (kind === "host") return await hostNames(line, context);
    const isOff = context.env("TCP_CHAT_COMPLETE_REMOTE") === "0";
    return isOff ? [] : await askServer(kind, line, context);
  } catch {
    return []; // Why is told by the command itself, once it runs
  }
}

/** Profiles and known servers; behind a comma, servers that are not in the row yet. */
async function hostNames(line: TypedLine, context: LookUpContext): Promise<string[]> {
  const known = await knownAddresses();
  const row = line.typed.slice(0, line.typed.lastIndexOf(",") + 1);
  if (row === "") return [...await profileNames(line, context), ...known];
  const named = row.split(",");
  return known.filter((each) => !named.includes(each)).map((each) => `${row}${each}`);
}

/** The names in the user's file, which may be another one than usual. */
async function profileNames(
  { args, command, path }: TypedLine,
  { root, env, locale }: LookUpContext,
): Promise<string[]> {
  try {
    const scope = optionScope(root, command, path, locale);
    const { values } = parseOptions(CLIENT_OPTIONS, args, env, scope);
    return [...(await readClientConfig(values.config, locale)).profiles.keys()].sort();
  } catch {
    return []; // A mistake on the line or in the file does not hide the known hosts
  }
}

/** Asks the server that the line names, as the line's options say. */
async function askServer(
  kind: ValueKind,
  line: TypedLine,
  { root, env, locale }: LookUpContext,
): Promise<string[]> {
  const scope = optionScope(root, line.command, line.path, locale);
  const parsed = parseOptions(CLIENT_OPTIONS, withoutEnd(line), env, scope);
  const typed = {
    ...parsed,
    args: line.operands,
    ...commandOf(line.command, await readClientConfig(parsed.values.config, locale)),
  };
  const { values, args } = resolveArguments(typed, locale);
  const hasPassword = values["password-file"] !== undefined || Boolean(env("TCP_CHAT_PASSWORD"));
  const [address] = args;
  if (address === undefined || (values.user !== undefined && !hasPassword)) return [];
  const invocation = {
    // At Tab no key is trusted for good; one that is trusted already will do
    values: { ...values, tls: values.tls || values.trust, trust: false },
    args,
    typed,
    locale,
    login: await readLogin(values, locale),
    interrupt: new AbortController(),
  };
  const signal = AbortSignal.timeout(LOOK_UP_MS);
  signal.addEventListener("abort", () => invocation.interrupt.abort(), { once: true });
  const noAnswer = () => Promise.resolve(null);
  const noPrompts = { ask: noAnswer, askSecret: noAnswer };
  const options = await connectOptions(requireAddress(address, locale), invocation, noPrompts);
  const client = await connect({ ...options, present: false });
  signal.addEventListener("abort", () => client.close(), { once: true });
  try {
    return await namesOf(client, kind, line.typed);
  } finally {
    client.close();
  }
}

/** The arguments without an option at the end that still lacks its value. */
function withoutEnd({ args, command: { options }, isEnded }: TypedLine): readonly string[] {
  const isOpen = !isEnded && takesNext(options, args.at(-1) ?? "");
  return isOpen ? args.slice(0, -1) : args;
}

async function namesOf(client: Client, kind: ValueKind, typed: string): Promise<string[]> {
  if (kind === "remote" || kind === "remote-folder") {
    return await remotePaths(client, typed, kind === "remote-folder");
  }
  if (kind === "room") return (await client.chat.rooms()).map(({ room }) => room);
  if (kind === "nick") return (await client.chat.members()).map(({ nick }) => nick);
  return [];
}

/** The paths in the folder of a path that is half typed; folders end in `/`. */
async function remotePaths(client: Client, typed: string, onlyFolders: boolean): Promise<string[]> {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const paths: string[] = [];
  for await (const { path, type } of client.list(folderPath(folder))) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const shown = `${folder}${name}${type === "folder" ? "/" : ""}`;
    if (!shown.startsWith(typed) || (onlyFolders && type !== "folder")) continue;
    if (paths.push(shown) === LIMITS.completions) break;
  }
  return paths;
}
