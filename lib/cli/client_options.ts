import { COMMON_OPTIONS } from "./common_options.ts";
import type { Text } from "./language.ts";
import type { OptionTable } from "./options.ts";

const GROUPS = { files: "get", network: "network", output: "output" };

/** The client's options, in the order of the help. */
export const CLIENT_OPTIONS = {
  output: {
    kind: "text",
    short: "o",
    placeholder: "DIR",
    group: GROUPS.files,
    help: {
      en: "folder for received files (client_downloads)",
      "pt-BR": "pasta dos arquivos recebidos (client_downloads)",
    },
  },
  replace: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "replace other files of the same name; without it they get NAME (1)",
      "pt-BR": "substituir outros arquivos de mesmo nome; sem isso, NOME (1)",
    },
  },
  jobs: {
    kind: "integer",
    short: "j",
    placeholder: "N",
    minimum: 1,
    maximum: 64,
    group: GROUPS.files,
    help: {
      en: "connections that share several files (4)",
      "pt-BR": "conexões que dividem vários arquivos (4)",
    },
  },
  sha256: {
    kind: "text",
    placeholder: "HEX",
    group: GROUPS.files,
    help: {
      en: "accept only a file with this SHA-256",
      "pt-BR": "aceitar só um arquivo com este SHA-256",
    },
  },
  stdout: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "write one file to standard output, once it is verified",
      "pt-BR": "escrever um arquivo na saída padrão, depois de verificado",
    },
  },
  talk: {
    kind: "flag",
    group: GROUPS.network,
    help: { en: "start with every line as chat", "pt-BR": "começar com cada linha como chat" },
  },
  protocol: {
    kind: "text",
    placeholder: "1|auto",
    choices: ["1", "auto"],
    group: GROUPS.network,
    help: { en: "protocol to speak (auto)", "pt-BR": "protocolo usado (auto)" },
  },
  timeout: {
    kind: "integer",
    placeholder: "SECONDS",
    minimum: 1,
    maximum: 86_400,
    group: GROUPS.network,
    help: {
      en: "to wait for a connection (10) or a silent server (120)",
      "pt-BR": "espera por conexão (10) ou servidor em silêncio (120)",
    },
  },
  json: {
    kind: "flag",
    group: GROUPS.output,
    help: { en: "results as JSON lines", "pt-BR": "resultados em linhas JSON" },
  },
  quiet: {
    kind: "flag",
    short: "q",
    group: GROUPS.output,
    help: { en: "errors only", "pt-BR": "só erros" },
  },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

/** What the help says besides the options. */
export const CLIENT_HELP = {
  usage: {
    en: `tcp-chat [HOST [PORT]]                interactive; asks for what is missing
tcp-chat get HOST[:PORT] PATH...      fetch files
tcp-chat say HOST[:PORT] [TEXT...]    send a message; without TEXT from standard input
tcp-chat listen HOST[:PORT]           print the chat until stopped`,
    "pt-BR": `tcp-chat [HOST [PORTA]]               interativo; pergunta o que falta
tcp-chat get HOST[:PORTA] CAMINHO...  busca arquivos
tcp-chat say HOST[:PORTA] [TEXTO...]  envia uma mensagem; sem TEXTO, da entrada padrão
tcp-chat listen HOST[:PORTA]          mostra o chat até ser interrompido`,
  },
  examples: {
    en: `Examples:
  tcp-chat localhost                               chat and fetch files by hand
  tcp-chat get 10.0.0.5 arquivo_grande.bin -o .    one file, verified
  echo done | tcp-chat say 10.0.0.5                from a script

Exit codes: 0 done · 1 other error · 2 usage · 3 no connection · 4 not found ·
  5 integrity · 6 denied · 7 local disk · 130 interrupted`,
    "pt-BR": `Exemplos:
  tcp-chat localhost                               conversar e buscar arquivos
  tcp-chat get 10.0.0.5 arquivo_grande.bin -o .    um arquivo, verificado
  echo pronto | tcp-chat say 10.0.0.5              de um script

Códigos de saída: 0 feito · 1 outro erro · 2 uso · 3 sem conexão · 4 não encontrado ·
  5 integridade · 6 negado · 7 disco local · 130 interrompido`,
  },
} as const satisfies Record<string, Text>;
