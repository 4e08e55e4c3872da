import { abortable } from "@std/async/abortable";
import type { LoginOptions } from "../../client/log_in.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import { refuseArgument } from "../options/refuse_argument.ts";
import { askPassword } from "../terminal/password.ts";
import type { Locale } from "../texts/locale.ts";
import { EXIT } from "../texts/failure.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { type Invocation, type NamedLogin, requireAddress } from "./client_invocation.ts";
import { loadByUrl } from "../../load_by_url.ts";
import { loadCommand } from "./load_command.ts";
import { tlsTrust } from "./trust.ts";
import { pick } from "../options/command.ts";
import { OPERANDS } from "../options/operands.ts";
import { type ClientCommand, OUTPUT_OPTIONS } from "./client_command.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";

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
async function runDoctor(invocation: Invocation): Promise<number> {
  const { values, args, locale, login, interrupt: { signal } } = invocation;
  const [address, unexpected] = args;
  const endpoint = address === undefined ? null : requireAddress(address, locale);
  refuseArgument(unexpected, locale);
  const noQuestion = () => Promise.resolve(null); // Nothing is trusted for good: no need to ask
  const account = await wholeLogin(login, locale, signal);
  const addresses = endpoint === null ? [] : [endpoint, ...endpoint.hosts];
  const tls = endpoint === null ? null : await tlsTrust(addresses, values, noQuestion, locale);
  // No other command needs the checks and their texts
  const [{ doctor }, { DOCTOR_TEXTS }] = await Promise.all([
    loadCommand.doctor(),
    loadByUrl<typeof import("../texts/doctor_texts.ts")>(
      new URL("../texts/doctor_texts.ts", import.meta.url),
    ),
  ]);
  const options = {
    signal,
    speed: values.speed,
    env: (name: string) => Deno.env.get(name),
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
  };
  if (endpoint === null) return await doctor({ address: null, ...options });
  const exitCodes: number[] = [];
  for (const each of addresses) {
    exitCodes.push(await doctor({ address: formatEndpoint(each), ...options }));
  }
  return exitCodes.find((code) => code !== EXIT.done) ?? EXIT.done;
}

/** The command for a connection that fails. */
export const DOCTOR_COMMAND: ClientCommand = {
  run: runDoctor,
  summary: {
    en: "find out why it does not connect, or is slow",
    "pt-BR": "descobre por que não conecta, ou está lento",
  },
  operands: [{ ...OPERANDS.address, isOptional: true }],
  options: {
    ...pick(CLIENT_OPTIONS, "speed"),
    ...pick(CLIENT_OPTIONS, "user", "password-file", "tls", "fingerprint", "trust", "no-tls"),
    ...pick(CLIENT_OPTIONS, "config", "print-config"),
    ...OUTPUT_OPTIONS,
    quiet: {
      ...CLIENT_OPTIONS.quiet,
      help: { en: "failures and warnings only", "pt-BR": "só falhas e avisos" },
    },
  },
  examples: {
    en: `Examples:
  tcp-chat doctor 10.0.0.5                 each step, with what to do about it
  tcp-chat doctor 10.0.0.5 --speed         the speed both ways, too
  tcp-chat doctor                          this machine's own side`,
    "pt-BR": `Exemplos:
  tcp-chat doctor 10.0.0.5                 cada passo, com o que fazer
  tcp-chat doctor 10.0.0.5 --speed         também a velocidade nos dois sentidos
  tcp-chat doctor                          só o lado desta máquina`,
  },
};
