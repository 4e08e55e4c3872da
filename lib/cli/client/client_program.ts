import { loadByUrl } from "../../load_by_url.ts";
import { type Command, pick } from "../options/command.ts";
import { COMMON_OPTIONS } from "../options/common_options.ts";
import { COMPLETE_COMMAND } from "../options/completion_scripts.ts";
import {
  COMPLETE_SPEC,
  COMPLETIONS_COMMAND,
  completionScript,
} from "../options/completions_command.ts";
import { HELP_COMMAND, helpOf } from "../options/help_command.ts";
import { SERVER_PROGRAM } from "../server/server_program.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { writeOut } from "../view/output.ts";
import { outputColumns } from "../view/terminal_columns.ts";
import { CHANGE_COMMANDS } from "./change_commands.ts";
import { CHAT_COMMANDS } from "./chat_commands.ts";
import { type ClientCommand, CONNECTION_OPTIONS } from "./client_command.ts";
import type { Invocation } from "./client_invocation.ts";
import { CLIENT_OPTIONS } from "./client_options.ts";
import { LINK_COMMANDS } from "./link_commands.ts";
import { NETWORK_COMMANDS } from "./network_commands.ts";
import { runServerProgram } from "./run_server_program.ts";
import { serversCommand } from "./servers_command.ts";
import { FILE_COMMANDS } from "./file_commands.ts";

/** The name of the client's program. */
export const CLIENT_NAME = "tcp-chat";

/**
 * The commands of the client's program, in the order of the help: how each is run, its operands, its
 * options, and all texts about it. Nothing else has to know a command.
 */
export const CLIENT_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  ...FILE_COMMANDS,
  ...LINK_COMMANDS,
  ...CHANGE_COMMANDS,
  ...CHAT_COMMANDS,
  ...NETWORK_COMMANDS,
  serve: {
    ...SERVER_PROGRAM,
    start: runServerProgram,
  },
  servers: serversCommand(() => Object.keys(CLIENT_COMMANDS)),
  completions: { ...COMPLETIONS_COMMAND, run: runCompletions },
  help: { ...HELP_COMMAND, run: runHelp },
  [COMPLETE_COMMAND]: {
    ...COMPLETE_SPEC,
    start: async (args) => {
      const url = new URL("./complete_line.ts", import.meta.url);
      const { completeLine } = await loadByUrl<typeof import("./complete_line.ts")>(url);
      return await completeLine(CLIENT_PROGRAM, args);
    },
  },
};

/** The client's program: what it does without a command, and its commands. */
export const CLIENT_PROGRAM: Command = {
  summary: {
    en: "interactive; asks for what is missing",
    "pt-BR": "interativo; pergunta o que falta",
  },
  label: { en: "the interactive client", "pt-BR": "cliente interativo" },
  operands: [
    { name: { en: "HOST", "pt-BR": "HOST" }, kind: "host", isOptional: true },
    { name: { en: "PORT", "pt-BR": "PORTA" }, kind: "port", isOptional: true },
  ],
  options: {
    ...pick(
      CLIENT_OPTIONS,
      "output",
      "replace",
      "bwlimit",
      "nick",
      "history",
      "talk",
      "bell",
      "no-find",
    ),
    ...CONNECTION_OPTIONS,
    ...COMMON_OPTIONS,
  },
  commands: CLIENT_COMMANDS,
  examples: {
    en: `Examples:
  tcp-chat localhost                       chat and transfer files
  tcp-chat get 10.0.0.5 docs '*.iso' -o .  a folder and all images, verified
  tcp-chat help get                        the options of get
Exit: 0 done, 1 other, 2 usage, 3 no connection, 4 not found, 5 integrity,
      6 denied, 7 disk, 8 something was left out, 130 ^C`,
    "pt-BR": `Exemplos:
  tcp-chat localhost                       conversar e transferir arquivos
  tcp-chat get 10.0.0.5 docs '*.iso' -o .  uma pasta e imagens, verificadas
  tcp-chat help get                        as opções de get
Saída: 0 ok, 1 outro, 2 uso, 3 sem conexão, 4 não achado, 5 integridade,
       6 negado, 7 disco, 8 algo ficou de fora, 130 ^C`,
  },
};

function runHelp({ args, locale }: Invocation): Promise<number> {
  return Promise.resolve(showHelp(args, locale));
}

/** Shows the help of the command that some words name. @throws {UsageError} when there is none */
export function showHelp(words: readonly string[], locale: Locale): number {
  writeOut(`${helpOf(CLIENT_NAME, CLIENT_PROGRAM, words, locale, outputColumns())}\n`);
  return EXIT.done;
}

function runCompletions({ args, locale }: Invocation): Promise<number> {
  writeOut(completionScript(args, locale));
  return Promise.resolve(EXIT.done);
}
