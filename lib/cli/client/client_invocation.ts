import { abortable } from "@std/async/abortable";
import type { ConnectOptions } from "../../client/connect_options.ts";
import type { LoginOptions } from "../../client/log_in.ts";
import { settleTrust } from "../../client/open_connection.ts";
import { ServerRoute } from "../../client/server_route.ts";
import { Protocol2Servers } from "../../files/protocol2_servers.ts";
import type { ServerHosts } from "../../stream/endpoint.ts";
import { parsePort } from "../../stream/address.ts";
import { Bandwidth } from "../../stream/bandwidth.ts";
import { defined } from "../options/defined.ts";
import type { OptionValues } from "../options/options.ts";
import { protocol2ServersPath } from "../options/state_folder.ts";
import { askPassword, readPassword } from "../terminal/password.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { ReportFormat } from "../view/reporter.ts";
import type { CLIENT_OPTIONS } from "./client_options.ts";
import { readTarget } from "./expand_address.ts";
import { linkLogin } from "./link_login.ts";
import { resolveArguments, type TypedArguments } from "./resolve_arguments.ts";
import { type Ask, askOnTerminal, tlsTrust } from "./trust.ts";

/** The input of every command. */
export interface Invocation {
  readonly values: OptionValues<typeof CLIENT_OPTIONS>;
  /** The server as `HOST:PORT`, if the command takes one, and what stands behind it. */
  readonly args: readonly string[];
  /** The arguments as they were typed. */
  readonly typed: TypedArguments;
  readonly locale: Locale;
  /** The account to log in with, or `null`. */
  readonly login: NamedLogin | null;
  /** Fires at Ctrl-C. */
  readonly interrupt: AbortController;
}

/** An account, and its password if the options give one: else the user is asked for it. */
export interface NamedLogin extends Pick<LoginOptions, "user" | "claim"> {
  readonly password: string | null;
}

/** The questions that connecting may ask. */
export interface Prompts {
  /** About an unknown server. */
  readonly ask: Ask;
  /** For a text that is not shown; `null` when none comes. */
  readonly askSecret: (question: string) => Promise<string | null>;
}

const MISTAKES = {
  port: {
    en: "The port must be a number from 1 to 65535, not {value}",
    "pt-BR": "A porta deve ser um número de 1 a 65535, não {value}",
  },
  noAddress: {
    en: "Which server? Give HOST[:PORT]",
    "pt-BR": "Qual servidor? Informe HOST[:PORTA]",
  },
  noPath: { en: "Which file? Give its path", "pt-BR": "Qual arquivo? Informe o caminho" },
  noMove: {
    en: "Move what where? Give a path, and the new path or a folder",
    "pt-BR": "Mover o que para onde? Informe um caminho e o novo caminho, ou uma pasta",
  },
  noFolder: { en: "Which folder? Give its path", "pt-BR": "Qual pasta? Informe o caminho" },
  oneTarget: {
    en: "--room and --to cannot be combined",
    "pt-BR": "--room e --to não podem ser combinados",
  },
  noFile: {
    en: "Which file? Give a file or a folder on this machine",
    "pt-BR": "Qual arquivo? Informe um arquivo ou uma pasta desta máquina",
  },
  onePath: {
    en: "--sha256 and --stdout take exactly one file",
    "pt-BR": "--sha256 e --stdout aceitam exatamente um arquivo",
  },
  fromSums: {
    en: "--from-sums cannot be combined with --sha256 or --stdout",
    "pt-BR": "--from-sums não pode ser combinado com --sha256 ou --stdout",
  },
  noPassword: {
    en: "Which password? Give it in TCP_CHAT_PASSWORD or by --password-file",
    "pt-BR": "Qual senha? Informe em TCP_CHAT_PASSWORD ou por --password-file",
  },
  linkRoom: {
    en: "--room needs an account: by a link you take no part in the chat",
    "pt-BR": "--room precisa de uma conta: por um link não se participa do chat",
  },
  everyWith: {
    en: "--every cannot be combined with {value}",
    "pt-BR": "--every não pode ser combinado com {value}",
  },
  everyReplace: {
    en:
      "get --every needs --replace: without it, each new version of a file becomes another NAME (1)",
    "pt-BR":
      "get --every precisa de --replace: sem isso, cada nova versão de um arquivo vira outro NOME (1)",
  },
  everyYes: {
    en: "--every with --delete needs --yes: no question waits for an answer in each round",
    "pt-BR": "--every com --delete precisa de --yes: ninguém responde a uma pergunta a cada rodada",
  },
  everySums: {
    en:
      "With --every, the file of --sums must not lie in what is sent: it would change in each round",
    "pt-BR":
      "Com --every, o arquivo de --sums não pode estar no que é enviado: mudaria a cada rodada",
  },
  sha256: {
    en: "--sha256 must be 64 hexadecimal digits",
    "pt-BR": "--sha256 deve ter 64 dígitos hexadecimais",
  },
} as const satisfies Record<string, Text>;

/** How results are printed, by the options. */
export function reportFormat({ values, locale }: Invocation): ReportFormat {
  const { json, quiet, stdout: toStandardError } = values;
  return { locale, json, quiet, bar: Deno.stderr.isTerminal(), toStandardError };
}

/** The server that an argument names, and further ones of its cluster. @throws {UsageError} */
export function requireAddress(text: string | undefined, locale: Locale): ServerHosts {
  if (text === undefined) throw mistake("noAddress", locale);
  const { hostname, port, hosts } = readTarget(text, locale);
  return { hostname, port, hosts };
}

/** The port that a text names. @throws {UsageError} */
export function requirePort(text: string, locale: Locale): number {
  const port = parsePort(text);
  if (port === null) throw mistake("port", locale, text);
  return port;
}

/** A mistake on the command line, in the words of its table. */
export function mistake(key: keyof typeof MISTAKES, { fill }: Locale, value = ""): UsageError {
  return new UsageError(fill(MISTAKES[key], { value }));
}

const ON_TERMINAL: Prompts = { ask: askOnTerminal, askSecret: askPassword };

/**
 * How to connect to a server, by the options. A password is asked for once the server is trusted: nothing
 * secret is typed for one that is not. Meanwhile no connection waits, which the server would close.
 *
 * @param prompts default: on the terminal
 * @throws {UsageError}
 * @throws {DiskError} when the known servers cannot be read
 * @throws {ConnectionError} where trust is to be settled and cannot
 */
export async function connectOptions(
  { hosts, ...endpoint }: ServerHosts,
  invocation: Invocation,
  { ask, askSecret }: Prompts = ON_TERMINAL,
): Promise<ConnectOptions> {
  const { values, interrupt: { signal }, login, locale } = invocation;
  const { timeout, protocol, bwlimit } = values;
  const known = protocol2ServersPath();
  const askAbortable = (question: string) => abortable(ask(question), signal);
  const tls = await tlsTrust([endpoint, ...hosts], values, askAbortable, locale);
  const options: ConnectOptions = {
    ...endpoint,
    signal,
    protocol: protocol === "1" ? 1 : protocol === "2" ? 2 : "auto",
    ...defined<ConnectOptions>({
      protocol2Servers: known === null ? undefined : new Protocol2Servers(known),
      timeoutMs: timeout === undefined ? undefined : timeout * 1000,
      bandwidth: bwlimit ? new Bandwidth({ total: bwlimit }) : undefined,
      tls: tls ?? undefined,
      hosts: hosts.length === 0 ? undefined : hosts,
    }),
  };
  if (login === null) return options;
  if (login.password === null && tls !== null) await settleAnyTrust(options);
  const password = login.password ?? await abortable(askSecret(locale.t("askPassword")), signal);
  if (password === null) throw mistake("noPassword", locale);
  return { ...options, login: { ...login, password } };
}

/** Settles whether to trust the first server that is there. @throws {ConnectionError} */
async function settleAnyTrust(options: ConnectOptions): Promise<void> {
  const nothing = { protocol: 2, chat: { cluster: null, isServerStopping: false } } as const;
  await new ServerRoute(options, (each) => settleTrust(each).then(() => nothing)).connect();
}

/**
 * The account of the options, and the password if they give one; that of their link; `null` for a guest.
 *
 * @throws {UsageError} when there is neither a password nor a terminal to ask on
 */
export async function readLogin(
  { user, link, "password-file": file }: OptionValues<typeof CLIENT_OPTIONS>,
  locale: Locale,
): Promise<NamedLogin | null> {
  if (link !== undefined) return linkLogin(link, locale);
  if (user === undefined) return null;
  const password = await readPassword({ environment: Deno.env.get("TCP_CHAT_PASSWORD"), file });
  if (password === null && !Deno.stdin.isTerminal()) throw mistake("noPassword", locale);
  return { user, password };
}

/**
 * The invocation for another address, which the user types at a question. What the address says takes the
 * place of what the former one said.
 *
 * @throws {UsageError}
 */
export async function invocationFor(
  address: string,
  invocation: Invocation,
): Promise<Invocation> {
  const { typed, locale, login } = invocation;
  const { values, args } = resolveArguments({ ...typed, args: [address] }, locale);
  const isSame = values.user === login?.user;
  return { ...invocation, values, args, login: isSame ? login : await readLogin(values, locale) };
}
