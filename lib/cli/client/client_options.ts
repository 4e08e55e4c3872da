import { DEFAULT_HISTORY } from "../../client/reconnecting_chat_options.ts";
import { COMMON_OPTIONS, CONFIG_OPTIONS } from "../options/common_options.ts";
import type { OptionTable } from "../options/options.ts";

/** The default of `--output`. */
export const DEFAULT_OUTPUT = "client_downloads";

const GROUPS = { files: "files", chat: "chat", network: "network", output: "output" };

/** The client's options, in the order of the help. */
export const CLIENT_OPTIONS = {
  output: {
    kind: "text",
    short: "o",
    placeholder: "DIR",
    value: "folder",
    default: DEFAULT_OUTPUT,
    group: GROUPS.files,
    help: {
      en: `folder for received files (${DEFAULT_OUTPUT})`,
      "pt-BR": `pasta dos arquivos recebidos (${DEFAULT_OUTPUT})`,
    },
  },
  replace: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "replace a file of the same name; without it, get takes NAME (1)",
      "pt-BR": "substituir um arquivo de mesmo nome; sem isso, get usa NOME (1)",
    },
  },
  jobs: {
    kind: "integer",
    short: "j",
    placeholder: "N",
    minimum: 1,
    maximum: 64,
    default: 4,
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
      en: "start over instead of resuming an earlier transfer",
      "pt-BR": "recomeçar em vez de retomar uma transferência anterior",
    },
  },
  zstd: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "compress in transit where that helps",
      "pt-BR": "comprimir na transferência onde compensa",
    },
  },
  to: {
    kind: "text",
    placeholder: "DIR",
    value: "remote-folder",
    group: GROUPS.files,
    help: {
      en: "folder on the server (its root)",
      "pt-BR": "pasta no servidor (a raiz)",
    },
  },
  recursive: {
    kind: "flag",
    short: "R",
    group: GROUPS.files,
    help: { en: "include subfolders", "pt-BR": "incluir subpastas" },
  },
  long: {
    kind: "flag",
    short: "l",
    group: GROUPS.files,
    help: { en: "with size and time", "pt-BR": "com tamanho e data" },
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
    help: { en: "your nick in the chat (guest-N)", "pt-BR": "seu apelido no chat (guest-N)" },
  },
  room: {
    kind: "texts",
    placeholder: "ROOM",
    value: "room",
    group: GROUPS.chat,
    help: { en: "the room (lobby)", "pt-BR": "a sala (lobby)" },
  },
  history: {
    kind: "integer",
    placeholder: "N",
    maximum: 1_000_000,
    group: GROUPS.chat,
    help: {
      en: `past messages to show (${DEFAULT_HISTORY} on a terminal, else 0)`,
      "pt-BR": `mensagens passadas a mostrar (${DEFAULT_HISTORY} num terminal, senão 0)`,
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
      en: "ring for private messages and mentions of your nick",
      "pt-BR": "tocar em mensagens privadas e menções ao seu apelido",
    },
  },
  user: {
    kind: "text",
    placeholder: "NAME",
    group: GROUPS.network,
    help: {
      en: "log in; asks for the password unless TCP_CHAT_PASSWORD is set",
      "pt-BR": "fazer login; pede a senha, a não ser com TCP_CHAT_PASSWORD",
    },
  },
  "password-file": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUPS.network,
    help: { en: "read the password from FILE", "pt-BR": "ler a senha de FILE" },
  },
  tls: {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "use TLS; asks before it trusts an unknown server",
      "pt-BR": "usar TLS; pergunta antes de confiar num servidor desconhecido",
    },
  },
  fingerprint: {
    kind: "text",
    placeholder: "HEX",
    group: GROUPS.network,
    help: {
      en: "use TLS, only with the server whose key has this SHA-256",
      "pt-BR": "usar TLS, só com o servidor cuja chave tem este SHA-256",
    },
  },
  trust: {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "use TLS, and trust an unknown server without asking",
      "pt-BR": "usar TLS, confiando num servidor desconhecido sem perguntar",
    },
  },
  "no-tls": {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "no TLS, even with a server that is known by its key",
      "pt-BR": "sem TLS, mesmo com um servidor conhecido pela chave",
    },
  },
  protocol: {
    kind: "text",
    placeholder: "1|2|auto",
    choices: ["1", "2", "auto"],
    default: "auto",
    group: GROUPS.network,
    help: { en: "protocol to speak (auto)", "pt-BR": "protocolo a usar (auto)" },
  },
  timeout: {
    kind: "integer",
    placeholder: "SECONDS",
    minimum: 1,
    maximum: 86_400,
    group: GROUPS.network,
    help: {
      en: "longest wait for a connection (10) or a silent server (90)",
      "pt-BR": "espera máxima por conexão (10) ou servidor em silêncio (90)",
    },
  },
  speed: {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "measure the speed both ways, for 3 s each; writes nothing",
      "pt-BR": "medir a velocidade nos dois sentidos, 3 s cada; não grava nada",
    },
  },
  scan: {
    kind: "integer",
    placeholder: "PORT",
    minimum: 1,
    maximum: 65_535,
    group: GROUPS.network,
    help: {
      en: "also try this port of every address nearby; looks like an attack",
      "pt-BR": "tentar também esta porta em cada endereço próximo; parece um ataque",
    },
  },
  "no-find": {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "do not look for servers of the local network at the start",
      "pt-BR": "não procurar servidores da rede local no início",
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
  ...CONFIG_OPTIONS,
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;
