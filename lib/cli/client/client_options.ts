import { COMMON_OPTIONS, CONFIG_OPTIONS } from "../options/common_options.ts";
import { LINK_OPTIONS } from "../options/link_options.ts";
import type { OptionTable } from "../options/options.ts";
import { CHAT_OPTIONS } from "./chat_options.ts";
import { PACE_OPTIONS } from "./pace_options.ts";
import { NETWORK_OPTIONS } from "./network_options.ts";

/** The default of `--output`. */
export const DEFAULT_OUTPUT = "client_downloads";

const GROUPS = { files: "files", output: "output" };

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
  "no-exec": {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "leave out that a file may be executed",
      "pt-BR": "não transmitir que um arquivo pode ser executado",
    },
  },
  known: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "hash files first; what the server has elsewhere is copied there",
      "pt-BR": "calcular hashes antes; o que o servidor já tem é copiado lá",
    },
  },
  exclude: {
    kind: "texts",
    placeholder: "PATTERN",
    group: GROUPS.files,
    help: {
      en: "leave out what matches, by the rules of gitignore; may be repeated",
      "pt-BR": "deixar fora o que casar, pelas regras do gitignore; pode se repetir",
    },
  },
  "exclude-from": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUPS.files,
    help: {
      en: "leave out what matches a line of FILE",
      "pt-BR": "deixar fora o que casar com uma linha de ARQUIVO",
    },
  },
  gitignore: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "leave out what git ignores, and its own folder",
      "pt-BR": "deixar fora o que o git ignora, e a pasta dele",
    },
  },
  ...PACE_OPTIONS,
  "dry-run": {
    kind: "flag",
    short: "n",
    group: GROUPS.files,
    help: {
      en: "only say what would be done; nothing is changed",
      "pt-BR": "só dizer o que seria feito; nada é alterado",
    },
  },
  checksum: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "with --dry-run, compare by SHA-256 even if size and time are the same",
      "pt-BR": "com --dry-run, comparar por SHA-256 mesmo com tamanho e data iguais",
    },
  },
  delete: {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "with --replace, delete what is in the folder here and not on the server",
      "pt-BR": "com --replace, apagar o que está na pasta daqui e não no servidor",
    },
  },
  "max-delete": {
    kind: "integer",
    placeholder: "N",
    group: GROUPS.files,
    help: {
      en: "delete N files at the most (half of them, 1000)",
      "pt-BR": "apagar N arquivos no máximo (a metade, 1000)",
    },
  },
  yes: {
    kind: "flag",
    short: "y",
    group: GROUPS.files,
    help: { en: "ask no question", "pt-BR": "não fazer perguntas" },
  },
  links: {
    kind: "text",
    placeholder: "skip|follow",
    choices: ["skip", "follow"],
    default: "skip",
    group: GROUPS.files,
    help: {
      en: "links in a folder: leave out, or follow those that stay in it (skip)",
      "pt-BR": "links numa pasta: deixar fora, ou seguir os que ficam nela (skip)",
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
  sums: {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUPS.files,
    help: {
      en: "write the SHA-256 of each file into FILE, for sha256sum -c",
      "pt-BR": "escrever o SHA-256 de cada arquivo em ARQUIVO, para sha256sum -c",
    },
  },
  "from-sums": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUPS.files,
    help: {
      en: "fetch and accept only what FILE, of sha256sum, lists (in PATH)",
      "pt-BR": "buscar e aceitar só o que ARQUIVO, do sha256sum, lista (em CAMINHO)",
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
  ...LINK_OPTIONS,
  ...CHAT_OPTIONS,
  ...NETWORK_OPTIONS,
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
