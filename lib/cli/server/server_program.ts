import { type Command, pick } from "../options/command.ts";
import { COMMON_OPTIONS } from "../options/common_options.ts";
import { COMPLETE_COMMAND } from "../options/completion_scripts.ts";
import { COMPLETE_SPEC, COMPLETIONS_COMMAND } from "../options/completions_command.ts";
import { HELP_COMMAND } from "../options/help_command.ts";
import { OPERANDS } from "../options/operands.ts";
import { SERVER_OPTIONS } from "./server_options.ts";

/** The name of the server's program. */
export const SERVER_NAME = "tcp-chat-server";

const { role: _, ...START_OPTIONS } = SERVER_OPTIONS;

const USER_OPTIONS = { ...pick(SERVER_OPTIONS, "root", "data", "config"), ...COMMON_OPTIONS };

/** The accounts of a server, also while it runs. */
const USER = {
  summary: {
    en: "add, change, remove or list the accounts",
    "pt-BR": "cria, altera, remove ou lista as contas",
  },
  operands: [OPERANDS.subcommand],
  options: USER_OPTIONS,
  commands: {
    add: {
      summary: {
        en: "add an account; asks for its password",
        "pt-BR": "cria uma conta; pede a senha",
      },
      operands: [OPERANDS.account],
      options: { ...pick(SERVER_OPTIONS, "role"), ...USER_OPTIONS },
    },
    passwd: {
      summary: { en: "give an account another password", "pt-BR": "troca a senha de uma conta" },
      operands: [OPERANDS.account],
      options: USER_OPTIONS,
    },
    remove: {
      summary: { en: "remove an account", "pt-BR": "remove uma conta" },
      operands: [OPERANDS.account],
      options: USER_OPTIONS,
    },
    list: {
      summary: { en: "list the accounts", "pt-BR": "lista as contas" },
      operands: [],
      options: { ...USER_OPTIONS, ...pick(SERVER_OPTIONS, "json") },
    },
  },
} as const satisfies Command;

const { qr: _1, "no-qr": _2, "no-console": _3, "print-config": _4, ...CHECKED_OPTIONS } =
  START_OPTIONS;

/** Takes the options of the start, and tells what they would mean. */
const DOCTOR: Command = {
  summary: {
    en: "check whether a server can start here, and be reached",
    "pt-BR": "verifica se um servidor pode iniciar aqui e ser alcançado",
  },
  operands: [],
  options: {
    ...CHECKED_OPTIONS,
    json: {
      ...SERVER_OPTIONS.json,
      help: { en: "checks as JSON lines", "pt-BR": "verificações em linhas JSON" },
    },
    quiet: {
      ...SERVER_OPTIONS.quiet,
      help: { en: "failures and warnings only", "pt-BR": "só falhas e avisos" },
    },
    ...COMMON_OPTIONS,
  },
};

/** The server's program: the commands, their operands, options and texts. */
export const SERVER_PROGRAM: Command = {
  summary: {
    en: "serve a folder and a chat over TCP",
    "pt-BR": "serve uma pasta e um chat por TCP",
  },
  label: { en: "the start of the server", "pt-BR": "início do servidor" },
  operands: [],
  options: START_OPTIONS,
  commands: {
    user: USER,
    doctor: DOCTOR,
    // The client's `completions` is for both programs; the help would not fit on a screen with it
    completions: { ...COMPLETIONS_COMMAND, isHidden: true },
    help: HELP_COMMAND,
    [COMPLETE_COMMAND]: COMPLETE_SPEC,
  },
  examples: {
    en: `Examples:
  {name} -r ~/shared -p 6001      another folder, another port
  {name} --no-console --json      as a service`,
    "pt-BR": `Exemplos:
  {name} -r ~/pasta -p 6001       outra pasta, outra porta
  {name} --no-console --json      como serviço`,
  },
};
