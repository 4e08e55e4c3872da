import { COMMON_OPTIONS } from "../options/common_options.ts";
import type { Text } from "../texts/language.ts";
import type { OptionTable } from "../options/options.ts";

const GROUPS = { files: "files", chat: "chat", network: "network", output: "output" };

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
      en: "replace another file of the same name; without it, get takes NAME (1)",
      "pt-BR": "substituir outro arquivo de mesmo nome; sem isso, get usa NOME (1)",
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
      en: "data connections that share the files (4)",
      "pt-BR": "conexões de dados que dividem os arquivos (4)",
    },
  },
  "no-resume": {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "begin anew, whatever an earlier transfer left",
      "pt-BR": "recomeçar, ignorando o que sobrou de antes",
    },
  },
  zstd: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "compress on the way where that helps",
      "pt-BR": "comprimir no caminho onde compensa",
    },
  },
  to: {
    kind: "text",
    placeholder: "DIR",
    group: GROUPS.files,
    help: {
      en: "put: folder on the server (its root)",
      "pt-BR": "put: pasta no servidor (a raiz)",
    },
  },
  recursive: {
    kind: "flag",
    short: "R",
    group: GROUPS.files,
    help: { en: "ls: folders in folders, too", "pt-BR": "ls: também as pastas dentro de pastas" },
  },
  long: {
    kind: "flag",
    short: "l",
    group: GROUPS.files,
    help: { en: "ls: with size and time", "pt-BR": "ls: com tamanho e data" },
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
  nick: {
    kind: "text",
    placeholder: "NAME",
    group: GROUPS.chat,
    help: { en: "your name in the chat (guest-N)", "pt-BR": "seu nome no chat (guest-N)" },
  },
  room: {
    kind: "texts",
    placeholder: "ROOM",
    group: GROUPS.chat,
    help: {
      en: "room to speak in, to listen to, or to tell of files (lobby)",
      "pt-BR": "sala onde falar, que escutar, ou a avisar de arquivos (lobby)",
    },
  },
  history: {
    kind: "integer",
    placeholder: "N",
    maximum: 1_000_000,
    group: GROUPS.chat,
    help: {
      en: "past messages to show (50 to people, else 0)",
      "pt-BR": "mensagens passadas a mostrar (50 a pessoas, senão 0)",
    },
  },
  talk: {
    kind: "flag",
    group: GROUPS.chat,
    help: { en: "start with every line as chat", "pt-BR": "começar com cada linha como chat" },
  },
  bell: {
    kind: "flag",
    group: GROUPS.chat,
    help: {
      en: "ring when somebody says your name",
      "pt-BR": "tocar quando alguém diz o seu nome",
    },
  },
  user: {
    kind: "text",
    placeholder: "NAME",
    group: GROUPS.network,
    help: {
      en: "log in; the password is asked for, or TCP_CHAT_PASSWORD",
      "pt-BR": "fazer login; a senha é pedida, ou TCP_CHAT_PASSWORD",
    },
  },
  "password-file": {
    kind: "text",
    placeholder: "FILE",
    group: GROUPS.network,
    help: { en: "read the password from there", "pt-BR": "ler a senha dali" },
  },
  tls: {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "TLS; a server that is not known is shown, and asked about",
      "pt-BR": "TLS; mostra um servidor desconhecido e pergunta",
    },
  },
  fingerprint: {
    kind: "text",
    placeholder: "HEX",
    group: GROUPS.network,
    help: {
      en: "TLS, and only with the server whose key has this SHA-256",
      "pt-BR": "TLS, e só com o servidor cuja chave tem este SHA-256",
    },
  },
  trust: {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "TLS, and trust a server that is not known, unasked",
      "pt-BR": "TLS, confiando num servidor desconhecido, sem perguntar",
    },
  },
  protocol: {
    kind: "text",
    placeholder: "1|2|auto",
    choices: ["1", "2", "auto"],
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
      en: "to wait for a connection (10) or a silent server (90)",
      "pt-BR": "espera por conexão (10) ou servidor em silêncio (90)",
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
tcp-chat get HOST[:PORT] PATH...      fetch files, folders, or patterns ("*.iso")
tcp-chat put HOST[:PORT] FILE...      send files or folders
tcp-chat ls HOST[:PORT] [PATH]        list a folder
tcp-chat stat HOST[:PORT] PATH...     size, time and SHA-256
tcp-chat say HOST[:PORT] [TEXT...]    send a message; without TEXT from standard input
tcp-chat listen HOST[:PORT]           print the chat until stopped`,
    "pt-BR": `tcp-chat [HOST [PORTA]]               interativo; pergunta o que falta
tcp-chat get HOST[:PORTA] CAMINHO...  busca arquivos, pastas ou padrões ("*.iso")
tcp-chat put HOST[:PORTA] ARQUIVO...  envia arquivos ou pastas
tcp-chat ls HOST[:PORTA] [CAMINHO]    lista uma pasta
tcp-chat stat HOST[:PORTA] CAMINHO... tamanho, data e SHA-256
tcp-chat say HOST[:PORTA] [TEXTO...]  envia uma mensagem; sem TEXTO, da entrada padrão
tcp-chat listen HOST[:PORTA]          mostra o chat até ser interrompido`,
  },
  examples: {
    en: `Examples:
  tcp-chat localhost                       chat and move files by hand
  tcp-chat get 10.0.0.5 docs '*.iso' -o .  a folder and all images, verified
  tcp-chat put 10.0.0.5 ./site --to www    a folder into another
Exit: 0 done, 1 other, 2 usage, 3 no connection, 4 not found, 5 integrity, 6 denied, 7 disk, 130 ^C`,
    "pt-BR": `Exemplos:
  tcp-chat localhost                       conversar e mover arquivos
  tcp-chat get 10.0.0.5 docs '*.iso' -o .  uma pasta e imagens, verificadas
  tcp-chat put 10.0.0.5 ./site --to www    uma pasta dentro de outra
Saída: 0 feito, 1 outro, 2 uso, 3 sem conexão, 4 não há, 5 integridade, 6 negado, 7 disco, 130 ^C`,
  },
} as const satisfies Record<string, Text>;
