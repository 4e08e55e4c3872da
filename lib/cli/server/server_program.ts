import { type Command, pick, without } from "../options/command.ts";
import { COMMON_OPTIONS } from "../options/common_options.ts";
import { COMPLETE_COMMAND } from "../options/completion_scripts.ts";
import { COMPLETE_SPEC, COMPLETIONS_COMMAND } from "../options/completions_command.ts";
import { HELP_COMMAND } from "../options/help_command.ts";
import { LINK_OPTIONS } from "../options/link_options.ts";
import { OPERANDS } from "../options/operands.ts";
import { CLUSTER_OPTIONS } from "./cluster_options.ts";
import { SERVER_OPTIONS } from "./server_options.ts";

/** The name of the server's program. */
export const SERVER_NAME = "tcp-chat-server";

/** The options that only commands take, not the start. */
const COMMAND_OPTIONS = ["role", ...Object.keys(LINK_OPTIONS)];
const START_OPTIONS = without(SERVER_OPTIONS, COMMAND_OPTIONS);

const USER_OPTIONS = { ...pick(SERVER_OPTIONS, "root", "data", "config"), ...COMMON_OPTIONS };
/** Where the accounts or the links are those of a cluster. */
const CHANGE_OPTIONS = {
  ...pick(SERVER_OPTIONS, "cluster", "cluster-name", "cluster-creds", "cluster-ca"),
  ...USER_OPTIONS,
};

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
      options: { ...pick(SERVER_OPTIONS, "role"), ...CHANGE_OPTIONS },
    },
    passwd: {
      summary: { en: "give an account another password", "pt-BR": "troca a senha de uma conta" },
      operands: [OPERANDS.account],
      options: CHANGE_OPTIONS,
    },
    remove: {
      summary: { en: "remove an account", "pt-BR": "remove uma conta" },
      operands: [OPERANDS.account],
      options: CHANGE_OPTIONS,
    },
    list: {
      summary: { en: "list the accounts", "pt-BR": "lista as contas" },
      operands: [],
      options: { ...USER_OPTIONS, ...pick(SERVER_OPTIONS, "json") },
    },
  },
} as const satisfies Command;

const CHECKED_OPTIONS = without(START_OPTIONS, [
  ...["qr", "no-qr", "no-console", "print-config"],
  ...Object.keys(CLUSTER_OPTIONS),
]);

/** Where others reach the server, which the address of a link tells. */
const PLACE_OPTIONS = pick(
  SERVER_OPTIONS,
  "host",
  "port",
  "tls",
  "tls-cert",
  "tls-key",
  "no-web",
);
const LINK_COMMAND_OPTIONS = { ...USER_OPTIONS, ...pick(SERVER_OPTIONS, "json") };
const LINK_CHANGE_OPTIONS = { ...CHANGE_OPTIONS, ...pick(SERVER_OPTIONS, "json") };

/** The links of a server, also while it runs, without an account. */
const LINK = {
  summary: {
    en: "make, take back or list links to files and folders",
    "pt-BR": "cria, cancela ou lista links para arquivos e pastas",
  },
  operands: [OPERANDS.subcommand],
  options: USER_OPTIONS,
  commands: {
    add: {
      summary: {
        en: "let others fetch, or upload, without an account",
        "pt-BR": "deixa outros buscarem ou enviarem sem conta",
      },
      operands: [{ name: OPERANDS.paths.name, kind: "text" }],
      options: { ...LINK_OPTIONS, ...PLACE_OPTIONS, ...LINK_CHANGE_OPTIONS },
    },
    remove: {
      summary: { en: "take links back", "pt-BR": "cancela links" },
      operands: [{ name: { en: "ID", "pt-BR": "ID" }, kind: "text", isRepeated: true }],
      options: LINK_CHANGE_OPTIONS,
    },
    list: {
      summary: { en: "list the links of all", "pt-BR": "lista os links de todos" },
      operands: [],
      options: LINK_COMMAND_OPTIONS,
    },
  },
} as const satisfies Command;

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

const CLUSTER_COMMAND_OPTIONS = {
  ...pick(SERVER_OPTIONS, "cluster", "cluster-name", "cluster-creds", "cluster-ca", "config"),
  ...COMMON_OPTIONS,
};

/** Its screen of the help has the options of a cluster, which the start takes. */
const CLUSTER: Command = {
  summary: {
    en: "several servers as one: status, options of the start",
    "pt-BR": "vários servidores como um: estado, opções do início",
  },
  operands: [],
  options: { ...CLUSTER_OPTIONS, ...COMMON_OPTIONS },
  commands: {
    status: {
      summary: {
        en: "show the servers, and prove that all hold the same",
        "pt-BR": "mostra os servidores e prova que todos guardam o mesmo",
      },
      operands: [],
      options: {
        ...CLUSTER_COMMAND_OPTIONS,
        json: {
          ...SERVER_OPTIONS.json,
          help: { en: "the status as a line of JSON", "pt-BR": "o estado em uma linha JSON" },
        },
      },
    },
    forget: {
      summary: {
        en: "forget a server that will not come back",
        "pt-BR": "esquece um servidor que não vai voltar",
      },
      operands: [{ name: { en: "ID", "pt-BR": "ID" }, kind: "text" }],
      options: CLUSTER_COMMAND_OPTIONS,
    },
    rejoin: {
      summary: {
        en: "let this data folder take the state of the other servers",
        "pt-BR": "faz esta pasta de dados receber o estado dos outros servidores",
      },
      operands: [],
      options: USER_OPTIONS,
    },
    seed: {
      summary: {
        en: "make a new log out of this data folder: NATS has lost it",
        "pt-BR": "cria um novo log desta pasta de dados: o NATS o perdeu",
      },
      operands: [],
      options: { ...USER_OPTIONS, ...CLUSTER_COMMAND_OPTIONS },
    },
    key: {
      summary: {
        en: "make the key of the cluster for NATS, or show it",
        "pt-BR": "cria a chave do cluster para o NATS ou a mostra",
      },
      operands: [{ name: { en: "FILE", "pt-BR": "ARQUIVO" }, kind: "file" }],
      options: COMMON_OPTIONS,
    },
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
    link: LINK,
    cluster: CLUSTER,
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
