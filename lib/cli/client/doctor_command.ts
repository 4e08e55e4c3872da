import { pick } from "../options/command.ts";
import { OPERANDS } from "../options/operands.ts";
import { type ClientCommand, OUTPUT_OPTIONS } from "./client_command.ts";
import { runDoctor } from "./client_commands.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";

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
