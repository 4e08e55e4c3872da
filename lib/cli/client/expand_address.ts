import { RequestError } from "../../protocol/errors.ts";
import { formatLinkKey } from "../../protocol/link_key.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { REASON_TEXTS } from "../../protocol/reason_texts.ts";
import { formatHosts } from "../../stream/endpoint.ts";
import {
  parseTarget,
  type Target,
  TargetError,
  type TargetErrorCode,
} from "../../stream/target.ts";
import { parseFingerprint } from "../../stream/fingerprint.ts";
import type { Operand } from "../options/command.ts";
import type { OptionValues } from "../options/options.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { CLIENT_OPTIONS } from "./client_options.ts";
import { meantAddress } from "./meant_address.ts";

const MALFORMED: Readonly<Record<TargetErrorCode, Text>> = {
  malformed: {
    en:
      "{value} is not tcp-chat://[USER@]HOST[:PORT][/PATH][?fp=KEY&tls&room=NAME], with a port from 1 to 65535",
    "pt-BR":
      "{value} não é tcp-chat://[USUÁRIO@]HOST[:PORTA][/CAMINHO][?fp=CHAVE&tls&room=SALA], com uma porta de 1 a 65535",
  },
  password: {
    en:
      "An address holds no password, which others on this machine could read: give it in TCP_CHAT_PASSWORD or by --password-file",
    "pt-BR":
      "Um endereço não contém senha, que outros nesta máquina poderiam ler: informe em TCP_CHAT_PASSWORD ou por --password-file",
  },
  path: { en: "The path in the address: {value}", "pt-BR": "O caminho no endereço: {value}" },
  fingerprint: {
    en: "fp in the address must be 64 hexadecimal or 52 base32 digits, not {value}",
    "pt-BR": "fp no endereço deve ter 64 dígitos hexadecimais ou 52 de base32, não {value}",
  },
  room: { en: "The room in the address: {value}", "pt-BR": "A sala no endereço: {value}" },
  link: {
    en:
      "The link in the address is not whole: it is link=ID.SECRET, 8 and 20 characters, without a user",
    "pt-BR":
      "O link no endereço não está inteiro: ele é link=ID.SEGREDO, 8 e 20 caracteres, sem usuário",
  },
  parameter: {
    en: "The address has {value}, but fp, tls, room and link are all that there is",
    "pt-BR": "O endereço tem {value}, mas só existem fp, tls, room e link",
  },
  repeated: {
    en: "The address has {value} twice",
    "pt-BR": "O endereço tem {value} duas vezes",
  },
};

/** For a text that is not even meant as `tcp-chat://`. */
const NO_HOST = {
  en: "{value} is not HOST or HOST:PORT, with a port from 1 to 65535",
  "pt-BR": "{value} não é HOST ou HOST:PORTA, com uma porta de 1 a 65535",
} as const satisfies Text;

/** For a text that means an address, and is written otherwise. */
const NO_ADDRESS = {
  en: "{value} is not HOST or HOST:PORT",
  "pt-BR": "{value} não é HOST ou HOST:PORTA",
} as const satisfies Text;

const CONFLICTS = {
  two: {
    en: "The address says {first}, and {option} says {second}",
    "pt-BR": "O endereço diz {first}, e {option} diz {second}",
  },
  paths: {
    en: "Two paths: {first} in the address, and {second}",
    "pt-BR": "Dois caminhos: {first} no endereço, e {second}",
  },
  path: {
    en: "The address has the path {value}, which has no meaning here: tcp-chat get fetches it",
    "pt-BR": "O endereço tem o caminho {value}, que não tem sentido aqui: tcp-chat get o busca",
  },
  user: {
    en: "A link needs no account: leave --user out",
    "pt-BR": "Um link não precisa de conta: tire --user",
  },
  link: {
    en: "This address is a link: fetch from it by tcp-chat get, or send to it by tcp-chat put",
    "pt-BR":
      "Este endereço é um link: busque dele com tcp-chat get ou envie a ele com tcp-chat put",
  },
  noTls: {
    en: "The address means TLS, and --no-tls means none",
    "pt-BR": "O endereço indica TLS, e --no-tls indica sem TLS",
  },
} as const satisfies Record<string, Text>;

/** The arguments of a command. */
export interface Arguments {
  readonly values: OptionValues<typeof CLIENT_OPTIONS>;
  /** The names of the options that the command line gives; the environment gives the others. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  /** What the command takes. */
  readonly operands: readonly Operand[];
  /** Whether the command can come by a link. Default: no. */
  readonly takesLink?: boolean;
}

/** What a command does without its address being a whole one: what {@link expandAddress} returns. */
export type Expanded = Pick<Arguments, "values" | "args">;

/**
 * Writes an address with a user, a key, a room or a path as the options and arguments that mean the
 * same, with `HOST:PORT` as the first argument. The address counts more than the environment.
 *
 * @throws {UsageError} if it is malformed, or says something else than an option or argument
 */
export function expandAddress({ args, ...rest }: Arguments, locale: Locale): Expanded {
  const [address, ...others] = args;
  if (address === undefined || rest.operands[0]?.kind !== "host") {
    return { args, values: rest.values };
  }
  const target = readTarget(address, locale);
  const { path, link } = target;
  if (link !== null && rest.takesLink !== true) throw new UsageError(locale.fill(CONFLICTS.link));
  const values = { ...rest.values, ...optionsOf(target, rest, locale) };
  const server = formatHosts(target);
  if (path === null) return { values, args: [server, ...others] };
  const [, operand, next] = rest.operands;
  if (operand?.kind === "file") { // They go into the folder of the path
    refuseOther("to", path, rest, locale);
    return { values: { ...values, to: path }, args: [server, ...others] };
  }
  const takesPath = operand?.kind === "remote" || operand?.kind === "remote-folder";
  if (!takesPath) throw new UsageError(locale.fill(CONFLICTS.path, { value: path }));
  const [second] = others;
  if (second === undefined || next !== undefined) {
    return { values, args: [server, path, ...others] };
  }
  throw new UsageError(locale.fill(CONFLICTS.paths, { first: path, second }));
}

/** Reads an address. @throws {UsageError} */
export function readTarget(text: string, locale: Locale): Target {
  try {
    return parseTarget(text);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const { code, value, cause } = error;
    const isHost = code === "malformed" && !/^tcp-chat:/i.test(text);
    const name = isHost ? meantAddress(text) : null;
    if (name !== null) {
      const address = locale.fill(NO_ADDRESS, { value });
      throw new UsageError(`${address}. ${locale.t("didYouMean", { name })}`);
    }
    const message = locale.fill(isHost ? NO_HOST : MALFORMED[code], { value });
    const reason = cause instanceof RequestError && cause.reason !== null ? cause.reason : null;
    const why = reason === null ? "" : `: ${REASON_TEXTS[reason][locale.language]}`;
    throw new UsageError(`${message}${why}`);
  }
}

type Known = Pick<Arguments, "values" | "given">;

function optionsOf(
  { user, tls, fingerprint, room, link }: Target,
  known: Known,
  locale: Locale,
): Partial<Known["values"]> {
  const isRefused = tls && known.values["no-tls"] && known.given.has("no-tls");
  if (isRefused) throw new UsageError(locale.fill(CONFLICTS.noTls));
  if (user !== null) refuseOther("user", user, known, locale);
  if (fingerprint !== null) refuseOther("fingerprint", fingerprint, known, locale);
  if (room !== null) refuseOther("room", room, known, locale);
  if (link !== null && known.given.has("user")) throw new UsageError(locale.fill(CONFLICTS.user));
  return {
    ...(user !== null && { user }),
    ...(fingerprint !== null && { fingerprint }),
    ...(tls && { tls, "no-tls": false }),
    ...(room !== null && { room: [room] }),
    ...(link !== null && { link: formatLinkKey(link), user: undefined }),
  };
}

/** @throws {UsageError} if the command line has an option with another value than the address */
function refuseOther(
  option: "user" | "fingerprint" | "room" | "to",
  first: string,
  { values, given }: Known,
  locale: Locale,
): void {
  const value = values[option];
  if (!given.has(option) || value === undefined) return;
  const second = typeof value === "string" ? value : value.join(", ");
  const isSame = option === "fingerprint" ? parseFingerprint(second) === first : second === first;
  if (isSame) return;
  throw new UsageError(locale.fill(CONFLICTS.two, { first, option: `--${option}`, second }));
}
