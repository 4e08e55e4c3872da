import { resolve } from "../../files/path.ts";
import { editConfigFile } from "../../files/config_file.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine } from "../../protocol/text.ts";
import { describeConfigValue } from "../commands/describe_config.ts";
import { pick } from "../options/command.ts";
import { FileMistake, parseConfig, readConfig, readConfigIfThere } from "../options/config_file.ts";
import { withoutTable, withTable } from "../options/edit_config.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { configPath } from "../options/state_folder.ts";
import { EXIT } from "../texts/failure.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { UsageError } from "../texts/usage_error.ts";
import { jsonLine } from "../view/json_line.ts";
import { writeError, writeOut } from "../view/output.ts";
import { CONNECTION_OPTIONS, RESULT_OPTIONS, type RunCommand } from "./client_command.ts";
import { type ClientConfig, clientConfigOf, NO_CONFIG, SERVERS } from "./client_config.ts";
import type { Locale } from "../texts/locale.ts";
import { type Invocation, mistake } from "./client_invocation.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { userKnownHosts } from "./user_known_hosts.ts";

const TEXTS = {
  noName: { en: "Which name? Give NAME", "pt-BR": "Qual nome? Informe NOME" },
  taken: {
    en: "There is a server called {name} already: tcp-chat servers remove {name} frees the name",
    "pt-BR": "Já há um servidor {name}: tcp-chat servers remove {name} libera o nome",
  },
  command: {
    en: "{name} is a command of tcp-chat: give the server another name",
    "pt-BR": "{name} é um comando do tcp-chat: dê outro nome ao servidor",
  },
  none: { en: "There is no server called {name}", "pt-BR": "Não há servidor chamado {name}" },
  shared: {
    en: "{name} shares a line with others: remove it in {path} by hand",
    "pt-BR": "{name} divide uma linha com outros: remova-o em {path} à mão",
  },
  noFolder: {
    en: "There is no home folder for the file: name one by --config",
    "pt-BR": "Não há pasta pessoal para o arquivo: indique um com --config",
  },
  added: {
    en: "{name} is {address} now, in {path}. A host of that name is tcp-chat://{name}",
    "pt-BR": "{name} agora é {address}, em {path}. Um host com esse nome é tcp-chat://{name}",
  },
  removed: { en: "{name} is removed from {path}", "pt-BR": "{name} foi removido de {path}" },
  empty: {
    en: "No server has a name, and none is known: {client} servers add NAME ADDRESS gives a name",
    "pt-BR":
      "Nenhum servidor tem nome nem é conhecido: {client} servers add NOME ENDEREÇO dá um nome",
  },
  known: { en: "known by its key", "pt-BR": "conhecido pela chave" },
} as const satisfies Record<string, Text>;

/** The options that `add` writes. */
const KEPT = {
  ...pick(CLIENT_OPTIONS, "output", "nick"),
  ...pick(CLIENT_OPTIONS, "user", "password-file", "tls", "fingerprint", "trust", "no-tls"),
  ...pick(CLIENT_OPTIONS, "protocol", "timeout"),
};
const FILE = { ...pick(CLIENT_OPTIONS, "config"), ...RESULT_OPTIONS };
const NAME = { name: { en: "NAME", "pt-BR": "NOME" }, kind: "text" } as const;

/**
 * The command for the servers that have names.
 *
 * @param commands the names of the program's commands, which no server can have
 */
export function serversCommand(commands: () => readonly string[]): RunCommand {
  return {
    run: runList,
    summary: {
      en: "list the servers with a name, and those known",
      "pt-BR": "lista os servidores com nome e os conhecidos",
    },
    operands: [],
    options: { ...pick(CONNECTION_OPTIONS, "config"), ...RESULT_OPTIONS },
    commands: {
      add: {
        run: (invocation) => runAdd(invocation, commands()),
        summary: { en: "give a server a name", "pt-BR": "dá um nome a um servidor" },
        operands: [NAME, { name: { en: "ADDRESS", "pt-BR": "ENDEREÇO" }, kind: "text" }],
        options: { ...KEPT, ...FILE },
      },
      remove: {
        run: runRemove,
        summary: { en: "remove the name of a server", "pt-BR": "remove o nome de um servidor" },
        operands: [NAME],
        options: FILE,
      },
    } satisfies Record<string, RunCommand>,
  };
}

async function runList({ values: { json }, args, typed, locale }: Invocation): Promise<number> {
  refuseArgument(args[0], locale);
  const known = await userKnownHosts()?.addresses() ?? [];
  const named = [...typed.config.profiles.values()].map(({ name, address, layer }) => {
    const options = [...layer.values].map(([option, { value }]) => [option, value] as const);
    return { name, address, known: known.includes(address.toLowerCase()), options };
  });
  const addresses = new Set(named.map(({ address }) => address.toLowerCase()));
  const others = known.filter((address) => !addresses.has(address))
    .map((address) => ({ name: null, address, known: true, options: [] }));
  const rows = [...named, ...others];
  if (json) {
    for (const { options, ...row } of rows) {
      writeOut(`${jsonLine({ event: "server", ...row, options: Object.fromEntries(options) })}\n`);
    }
    return EXIT.done;
  }
  if (rows.length === 0) writeError(`${locale.fill(TEXTS.empty, { ...typedPrograms() })}\n`);
  const width = Math.max(0, ...named.map(({ name }) => name.length));
  for (const { name, address, known, options } of rows) {
    const shown = options.map(([option, value]) => `${option} = ${describeConfigValue(value)}`);
    const notes = [...known ? [locale.fill(TEXTS.known)] : [], ...shown].join(", ");
    const line = `${(name ?? "").padEnd(width)}  ${address}  ${notes}`.trimEnd();
    writeOut(`${cleanLine(width === 0 ? line.trimStart() : line)}\n`);
  }
  return EXIT.done;
}

async function runAdd(invocation: Invocation, commands: readonly string[]): Promise<number> {
  const { values, args: [name, address, unexpected], typed, locale } = invocation;
  const { fill } = locale;
  if (name === undefined) throw new UsageError(fill(TEXTS.noName));
  if (address === undefined) throw mistake("noAddress", locale);
  refuseArgument(unexpected, locale);
  if (commands.includes(name)) throw new UsageError(fill(TEXTS.command, { name }));
  const given = Object.keys(KEPT).filter((option) =>
    typed.given.has(option)
  ) as (keyof typeof KEPT)[];
  const entries = given.map((option) => {
    const value = values[option];
    const isFile = option === "password-file" && typeof value === "string";
    return [option, describeConfigValue(isFile ? resolve(value) : value)] as const;
  });
  const path = fileOf(invocation);
  let added = NO_CONFIG;
  await editConfigFile(path, async () => {
    const { text, config } = await readNow(path, invocation);
    if (config.profiles.has(name)) throw new UsageError(fill(TEXTS.taken, { name }));
    const key = describeKey(name);
    const all = [["address", describeConfigValue(address)] as const, ...entries];
    const edited = withTable(text, [SERVERS, key], all);
    added = readEdited(path, edited, locale);
    return edited;
  }, invocation.interrupt.signal);
  const shown = added.profiles.get(name)?.address ?? address;
  tell(invocation, { event: "added", name, address: shown, file: path }, TEXTS.added);
  return EXIT.done;
}

async function runRemove(invocation: Invocation): Promise<number> {
  const { values: { json }, args: [name, unexpected], locale } = invocation;
  const { fill } = locale;
  if (name === undefined) throw new UsageError(fill(TEXTS.noName));
  refuseArgument(unexpected, locale);
  const path = fileOf(invocation);
  const { profiles } = invocation.typed.config;
  if (!profiles.has(name)) {
    const message = cleanLine(fill(TEXTS.none, { name }));
    if (json) writeOut(`${jsonLine({ event: "error", code: "not-found", message })}\n`);
    writeError(`tcp-chat: ${message}\n`);
    return EXIT.notFound;
  }
  await editConfigFile(path, async () => {
    const file = await readConfig(path, locale);
    const edited = withoutTable(file, [SERVERS, name], locale);
    if (edited !== null) return edited;
    throw new UsageError(fill(TEXTS.shared, { name, path }));
  }, invocation.interrupt.signal);
  tell(invocation, { event: "removed", name, file: path }, TEXTS.removed);
  return EXIT.done;
}

/** What the file is to say. Since it was right before, a mistake is one of the command line, not of a line. */
function readEdited(path: string, text: string, locale: Locale): ClientConfig {
  try {
    return clientConfigOf(parseConfig(path, text, locale), locale);
  } catch (error) {
    throw error instanceof FileMistake ? new UsageError(error.text) : error;
  }
}

/** A name that is no bare key of TOML gets quotes, so that the error is about the name. */
function describeKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : describeConfigValue(name);
}

function fileOf({ values, locale }: Invocation): string {
  const path = values.config ?? configPath("client.toml");
  if (path === null) throw new UsageError(locale.fill(TEXTS.noFolder));
  return path;
}

/** The file as it is under the lock: another process may just have changed it. */
async function readNow(
  path: string,
  { locale }: Invocation,
): Promise<{ readonly text: string; readonly config: ClientConfig }> {
  const file = await readConfigIfThere(path, locale);
  if (file === null) return { text: "", config: NO_CONFIG };
  return { text: file.text, config: clientConfigOf(file, locale) };
}

function tell(
  { values: { json }, locale }: Invocation,
  event: {
    readonly event: string;
    readonly name: string;
    /** `undefined` for a name that is removed. */
    readonly address?: string;
    readonly file: string;
  },
  text: Text,
): void {
  const { name, address = "", file } = event;
  if (json) return writeOut(`${jsonLine(event)}\n`);
  writeOut(`${cleanLine(locale.fill(text, { name, address, path: file }))}\n`);
}
