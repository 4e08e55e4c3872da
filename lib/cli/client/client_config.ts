import type { Text } from "../../protocol/fill_text.ts";
import { CONFIG_LIMITS } from "../../protocol/limits.ts";
import { formatHosts } from "../../stream/endpoint.ts";
import { parseFingerprint } from "../../stream/fingerprint.ts";
import type { Target } from "../../stream/target.ts";
import { without } from "../options/command.ts";
import { LINE_OPTIONS } from "../options/common_options.ts";
import {
  type ConfigFile,
  lineOf,
  mistakeIn,
  readConfig,
  readConfigIfThere,
  readSettings,
  tableAt,
} from "../options/config_file.ts";
import type { FileLayer, FileValue } from "../options/file_layers.ts";
import type { OptionTable } from "../options/options.ts";
import { configPath } from "../options/state_folder.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { readTarget } from "./expand_address.ts";

/** A server that the client's file gives a name. */
export interface Profile {
  readonly name: string;
  /** `HOST:PORT`. */
  readonly address: string;
  /** The options for this server, those of its address included. */
  readonly layer: FileLayer;
}

/** What the client's file says. */
export interface ClientConfig {
  /** The file; `null` if there is none. */
  readonly file: string | null;
  /** The options for all servers. */
  readonly layer: FileLayer | null;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** What counts without a file. */
export const NO_CONFIG: ClientConfig = { file: null, layer: null, profiles: new Map() };

/** The table of the profiles in the file. */
export const SERVERS = "servers";

const ADDRESS = "address";
const NAME = /^\w[\w-]*$/;

const MESSAGES = {
  name: {
    en: "the name of a server has letters from a to z, digits, _ and -, at most {limit}: {name}",
    "pt-BR": "o nome de um servidor tem letras de a a z, dígitos, _ e -, no máximo {limit}: {name}",
  },
  address: {
    en: '{name} needs an address, such as address = "192.168.0.10:5555"',
    "pt-BR": '{name} precisa de um endereço, como address = "192.168.0.10:5555"',
  },
  many: {
    en: "there are more than {limit} servers",
    "pt-BR": "há mais de {limit} servidores",
  },
  path: {
    en: "the address of a server has no path: {path}",
    "pt-BR": "o endereço de um servidor não tem caminho: {path}",
  },
  two: {
    en: "the address says another {name} than this",
    "pt-BR": "o endereço diz outro {name} que este",
  },
} as const satisfies Record<string, Text>;

const FILE_OPTIONS = without(CLIENT_OPTIONS, LINE_OPTIONS);
/** Whether results are JSON, or which one file is right, is no matter of a server. */
const PROFILE_ONLY_TYPED = [...LINE_OPTIONS, "json", "sha256", "stdout"];
const ADDRESS_HELP = { en: "the address of the server", "pt-BR": "o endereço do servidor" };
const PROFILE_OPTIONS: OptionTable = {
  [ADDRESS]: { kind: "text", group: "network", help: ADDRESS_HELP },
  ...without(CLIENT_OPTIONS, PROFILE_ONLY_TYPED),
};

/**
 * Reads the client's file.
 *
 * @param wished the file of `--config`; else the usual one counts, if it is there
 * @throws {UsageError} about a mistake in it, with its line
 * @throws {DiskError} if it cannot be read
 */
export async function readClientConfig(
  wished: string | undefined,
  locale: Locale,
): Promise<ClientConfig> {
  const path = wished ?? configPath("client.toml");
  if (path === null) return NO_CONFIG;
  const read = wished === undefined ? readConfigIfThere : readConfig;
  const file = await read(path, locale);
  return file === null ? NO_CONFIG : clientConfigOf(file, locale);
}

/** What a file says. @throws {UsageError} */
export function clientConfigOf(file: ConfigFile, locale: Locale): ClientConfig {
  const of = { options: FILE_OPTIONS, others: [SERVERS], cli: LINE_OPTIONS };
  const layer = readSettings(file, [], of, locale);
  const names = Object.keys(tableAt(file, [SERVERS], locale));
  if (names.length > CONFIG_LIMITS.profiles) {
    const text = locale.fill(MESSAGES.many, { limit: CONFIG_LIMITS.profiles });
    throw mistakeIn(file, [SERVERS], text, locale);
  }
  const profiles = names.map((name) => [name, readProfile(file, name, locale)] as const);
  return { file: file.path, layer, profiles: new Map(profiles) };
}

/** Whether a name may be that of a profile. */
function isProfileName(name: string): boolean {
  return NAME.test(name) && name.length <= CONFIG_LIMITS.profileNameCharacters;
}

function readProfile(file: ConfigFile, name: string, locale: Locale): Profile {
  const at = [SERVERS, name];
  const { fill } = locale;
  if (!isProfileName(name)) {
    const limit = CONFIG_LIMITS.profileNameCharacters;
    const text = fill(MESSAGES.name, { limit, name: JSON.stringify(name.slice(0, limit)) });
    throw mistakeIn(file, at, text, locale);
  }
  const of = { options: PROFILE_OPTIONS, cli: PROFILE_ONLY_TYPED };
  const { path, values } = readSettings(file, at, of, locale);
  const address = values.get(ADDRESS)?.value;
  if (typeof address !== "string") {
    throw mistakeIn(file, at, fill(MESSAGES.address, { name }), locale);
  }
  const target = readAddress(file, [...at, ADDRESS], address, locale);
  const line = lineOf(file, [...at, ADDRESS]);
  const merged = new Map(values);
  merged.delete(ADDRESS);
  for (const [option, value] of optionsOf(target)) {
    const other = merged.get(option)?.value;
    if (other !== undefined && !isSame(option, other, value)) {
      throw mistakeIn(file, [...at, option], fill(MESSAGES.two, { name: option }), locale);
    }
    merged.set(option, { value, line });
  }
  return { name, address: formatHosts(target), layer: { path, values: merged } };
}

function readAddress(
  file: ConfigFile,
  at: readonly string[],
  text: string,
  locale: Locale,
): Target {
  try {
    const target = readTarget(text, locale);
    if (target.path === null) return target;
    throw new UsageError(locale.fill(MESSAGES.path, { path: target.path }));
  } catch (error) {
    if (error instanceof UsageError) throw mistakeIn(file, at, error.message, locale);
    throw error;
  }
}

/** The options that mean the same as what an address says. */
function optionsOf({ user, tls, fingerprint, room }: Target): [string, FileValue["value"]][] {
  const options: [string, FileValue["value"] | null][] = [
    ["user", user],
    ["tls", tls || null],
    ["fingerprint", fingerprint],
    ["room", room === null ? null : [room]],
  ];
  return options.flatMap(([name, value]) => value === null ? [] : [[name, value]]);
}

function isSame(option: string, one: FileValue["value"], other: FileValue["value"]): boolean {
  const form = (value: FileValue["value"]) =>
    option === "fingerprint" ? parseFingerprint(String(value)) : String(value);
  return form(one) === form(other);
}
