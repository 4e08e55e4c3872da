import type { Text } from "../../lib/protocol/fill_text.ts";

/** What the programs are, in a few words. */
export const NAMES = {
  "tcp-chat": {
    en: "chat and transfer verified files over TCP",
    "pt-BR": "conversar e transferir arquivos verificados por TCP",
  },
  "tcp-chat-server": {
    en: "serve files and a chat over TCP",
    "pt-BR": "servir arquivos e um chat por TCP",
  },
} as const satisfies Record<string, Text>;

/** What the programs do. */
export const DESCRIPTIONS = {
  "tcp-chat": {
    en:
      "Talks to a server of tcp-chat. Without a command it is interactive: chat and files in one place. With a command it does one job and ends. Every file is checked by its SHA-256 before it has its name.",
    "pt-BR":
      "Conversa com um servidor tcp-chat. Sem comando é interativo: chat e arquivos num lugar só. Com um comando faz uma tarefa e termina. Todo arquivo é verificado pelo SHA-256 antes de receber seu nome.",
  },
  "tcp-chat-server": {
    en:
      "Serves a folder and a chat until it is stopped by a signal, by its console or by an admin. The same server runs in the client as tcp-chat serve.",
    "pt-BR":
      "Serve uma pasta e um chat até ser encerrado por um sinal, pelo console ou por um administrador. O mesmo servidor roda no cliente, como tcp-chat serve.",
  },
} as const satisfies Record<string, Text>;

/** The titles of the sections, and what some begin with. */
export const SECTIONS = {
  // Programs find the page by this title, in every language
  name: { en: "NAME", "pt-BR": "NAME" },
  synopsis: { en: "SYNOPSIS", "pt-BR": "SINOPSE" },
  description: { en: "DESCRIPTION", "pt-BR": "DESCRIÇÃO" },
  commands: { en: "COMMANDS", "pt-BR": "COMANDOS" },
  options: { en: "OPTIONS", "pt-BR": "OPÇÕES" },
  environment: { en: "ENVIRONMENT", "pt-BR": "AMBIENTE" },
  files: { en: "FILES", "pt-BR": "ARQUIVOS" },
  exit: { en: "EXIT STATUS", "pt-BR": "CÓDIGOS DE SAÍDA" },
  examples: { en: "EXAMPLES", "pt-BR": "EXEMPLOS DE USO" },
  seeAlso: { en: "SEE ALSO", "pt-BR": "VEJA TAMBÉM" },
  shared: {
    en: "These are for several commands. The command help tells which options a command takes.",
    "pt-BR": "Estas servem a vários comandos. O comando help diz quais opções um comando aceita.",
  },
  variables: {
    en:
      "Each option has a variable TCP_CHAT_NAME of its own, in capitals and with _ for -: TCP_CHAT_NO_RESUME=1 is --no-resume. The command line counts more.",
    "pt-BR":
      "Cada opção tem sua variável TCP_CHAT_NOME, em maiúsculas e com _ em vez de -: TCP_CHAT_NO_RESUME=1 é --no-resume. A linha de comando vale mais.",
  },
  serve: {
    en: "It takes the options and commands of tcp-chat-server.",
    "pt-BR": "Aceita as opções e os comandos de tcp-chat-server.",
  },
} as const satisfies Record<string, Text>;

/** The variables that are no options. */
export const VARIABLES: readonly (readonly [name: string, text: Text])[] = [
  ["TCP_CHAT_PASSWORD", { en: "The password of the account.", "pt-BR": "A senha da conta." }],
  ["TCP_CHAT_ASCII", {
    en: "1 escapes all but ASCII in JSON lines, for pipes that are not read as UTF-8.",
    "pt-BR":
      "1 escapa tudo que não é ASCII nas linhas JSON, para pipes que não são lidos como UTF-8.",
  }],
  ["TCP_CHAT_FIND", {
    en: "1 looks for servers at the start on Windows, too.",
    "pt-BR": "1 procura servidores ao iniciar também no Windows.",
  }],
  ["TCP_CHAT_COMPLETE_REMOTE", {
    en: "0 keeps completions from asking servers.",
    "pt-BR": "0 impede que servidores sejam consultados ao completar.",
  }],
  ["LC_ALL , LC_MESSAGES , LANG", {
    en: "The language, English or Brazilian Portuguese.",
    "pt-BR": "O idioma, inglês ou português do Brasil.",
  }],
  ["NO_COLOR", { en: "No colours.", "pt-BR": "Sem cores." }],
];

/** The files of the programs. */
export const FILES: Readonly<
  Record<keyof typeof NAMES, readonly (readonly [path: string, text: Text])[]>
> = {
  "tcp-chat": [
    ["~/.config/tcp-chat/known_hosts", {
      en: "The servers whose keys are trusted.",
      "pt-BR": "Os servidores cujas chaves são de confiança.",
    }],
    ["~/.local/state/tcp-chat/client_history", {
      en: "The lines that were typed.",
      "pt-BR": "As linhas digitadas.",
    }],
    ["~/.local/state/tcp-chat/protocol2_servers", {
      en: "The servers that have answered.",
      "pt-BR": "Os servidores que já responderam.",
    }],
  ],
  "tcp-chat-server": [
    ["~/.local/state/tcp-chat/servers/", {
      en: "Accounts, history, rules and keys, a folder for each served folder.",
      "pt-BR": "Contas, histórico, regras e chaves, uma pasta para cada pasta servida.",
    }],
  ],
};
