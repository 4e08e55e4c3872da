import type { TlsTrustOptions } from "../../client/tls_trust.ts";
import { parseFingerprint } from "../../stream/fingerprint.ts";
import type { Endpoint } from "../../stream/endpoint.ts";
import type { UnknownServer } from "../../stream/tls/connect.ts";
import { defined } from "../options/defined.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { isYes } from "../texts/is_yes.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { writeError } from "../view/output.ts";
import { userKnownHosts } from "./user_known_hosts.ts";

/** Asks the user; `null` when no answer can come. */
export type Ask = (question: string) => Promise<string | null>;

/** The options of TLS. */
export interface TlsChoice {
  readonly tls: boolean;
  readonly fingerprint: string | undefined;
  readonly trust: boolean;
  readonly "no-tls": boolean;
}

const TEXTS = {
  fingerprintForm: {
    en: "--fingerprint must be 64 hexadecimal digits, with or without colons, or 52 of base32",
    "pt-BR":
      "--fingerprint deve ter 64 dígitos hexadecimais, com ou sem dois-pontos, ou 52 de base32",
  },
  noTls: {
    en: "--no-tls cannot be combined with --tls, --trust or --fingerprint",
    "pt-BR": "--no-tls não pode ser combinado com --tls, --trust ou --fingerprint",
  },
  askTrust: {
    en:
      "{address} is not known yet.\nThe SHA-256 fingerprint of its key is\n  {fingerprint}\nThe server printed it when it started: compare the two.\nTrust it from now on? [y/N] ",
    "pt-BR":
      "{address} ainda não é conhecido.\nA impressão digital SHA-256 da chave dele é\n  {fingerprint}\nO servidor a mostrou ao iniciar: compare as duas.\nConfiar nele a partir de agora? [s/N] ",
  },
  askTrustOnce: {
    en:
      "{address} is not known.\nThe SHA-256 fingerprint of its key is\n  {fingerprint}\nThe server printed it when it started: compare the two.\nTrust it this time? [y/N] ",
    "pt-BR":
      "{address} não é conhecido.\nA impressão digital SHA-256 da chave dele é\n  {fingerprint}\nO servidor a mostrou ao iniciar: compare as duas.\nConfiar nele desta vez? [s/N] ",
  },
  notKept: {
    en:
      "Neither HOME (on Windows USERPROFILE) nor XDG_CONFIG_HOME names a folder: the server's key is not kept",
    "pt-BR":
      "Nem HOME (no Windows USERPROFILE) nem XDG_CONFIG_HOME indica uma pasta: a chave do servidor não é guardada",
  },
} as const satisfies Record<string, Text>;

/**
 * The servers to trust by the options; `null` for no TLS. Options about trust mean TLS, and so does a
 * server whose key is known, among those of the address: without `--no-tls` nothing is sent to it in the clear.
 *
 * @throws {UsageError}
 * @throws {DiskError} when the known servers cannot be read
 */
export async function tlsTrust(
  endpoints: readonly Endpoint[],
  { tls, fingerprint: text, trust, "no-tls": noTls }: TlsChoice,
  ask: Ask,
  locale: Locale,
): Promise<TlsTrustOptions | null> {
  const { fill, failure } = locale;
  const isAsked = tls || trust || text !== undefined;
  if (noTls && isAsked) throw new UsageError(fill(TEXTS.noTls));
  if (noTls) return null;
  const knownHosts = userKnownHosts() ?? undefined;
  const found = await Promise.all(endpoints.map((each) => knownHosts?.find(each) ?? null));
  if (!isAsked && found.every((known) => known === null)) return null;
  const fingerprint = text === undefined ? undefined : parseFingerprint(text);
  if (fingerprint === null) throw new UsageError(fill(TEXTS.fingerprintForm));
  const accepted = new Set<string>(); // Not asked about again, even if the list cannot be saved
  const accept = async (server: UnknownServer) => {
    const key = `${server.address} ${server.fingerprint}`;
    if (!trust && !accepted.has(key) && !await askToTrust(server, ask, locale)) return false;
    accepted.add(key);
    return true;
  };
  if (knownHosts === undefined) writeError(`tcp-chat: ${fill(TEXTS.notKept)}\n`);
  return {
    accept,
    onUnsaved: (error) => writeError(`tcp-chat: ${failure(error).message}\n`),
    ...defined<TlsTrustOptions>({ knownHosts, fingerprint }),
  };
}

/** Asks whether to trust an unknown server with a key. */
export async function askToTrust(
  { address, fingerprint }: Pick<UnknownServer, "address" | "fingerprint">,
  ask: Ask,
  { fill }: Locale,
): Promise<boolean> {
  const question = userKnownHosts() === null ? TEXTS.askTrustOnce : TEXTS.askTrust;
  return isYes(await ask(fill(question, { address, fingerprint })));
}

/** Asks on standard error, and reads a line of standard input, if both are a terminal. */
export function askOnTerminal(question: string): Promise<string | null> {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return Promise.resolve(null);
  writeError(question);
  return readLine();
}

/** Asks whether to go on; `null` where no answer can come. */
export function askToGoOn(): ((question: string) => Promise<boolean>) | null {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  return isTerminal ? async (question) => isYes(await askOnTerminal(question)) : null;
}

/** Reads a line of a terminal, which delivers its input by lines. */
async function readLine(): Promise<string | null> {
  const buffer = new Uint8Array(1024);
  const count = await Deno.stdin.read(buffer);
  return count === null ? null : new TextDecoder().decode(buffer.subarray(0, count));
}
