import { pick } from "../options/command.ts";
import { OPERANDS } from "../options/operands.ts";
import {
  type ClientCommand,
  CONNECTION_OPTIONS,
  OUTPUT_OPTIONS,
  RESULT_OPTIONS,
} from "./client_command.ts";
import { runGet, runLs, runPut, runStat, runVerify } from "./client_commands.ts";
import { CLIENT_OPTIONS, DEFAULT_OUTPUT } from "./client_options.ts";

const TRANSFER = {
  ...pick(
    CLIENT_OPTIONS,
    "replace",
    "jobs",
    "no-resume",
    "zstd",
    "no-exec",
    "bwlimit",
    "retry",
    "every",
  ),
  ...pick(CLIENT_OPTIONS, "exclude", "exclude-from"),
  ...pick(CLIENT_OPTIONS, "dry-run", "checksum"),
};

/** Of commands that can come by a link in place of an account. */
const LINK_OPTIONS = { ...pick(CLIENT_OPTIONS, "link"), ...CONNECTION_OPTIONS };

/** The commands for files. */
export const FILE_COMMANDS: Readonly<Record<string, ClientCommand>> = {
  get: {
    run: runGet,
    summary: {
      en: 'fetch files, folders, or patterns ("*.iso")',
      "pt-BR": 'busca arquivos, pastas ou padrões ("*.iso")',
    },
    // --from-sums needs none
    operands: [OPERANDS.address, { ...OPERANDS.paths, isOptional: true }],
    options: {
      ...pick(CLIENT_OPTIONS, "output"),
      ...TRANSFER,
      ...pick(CLIENT_OPTIONS, "delete", "max-delete", "yes"),
      ...pick(CLIENT_OPTIONS, "sha256", "stdout", "sums", "from-sums"),
      ...LINK_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat get 10.0.0.5 docs '*.iso' -o .  a folder and all images, verified
  tcp-chat get 10.0.0.5 a.tgz --stdout     one file, to standard output`,
      "pt-BR": `Exemplos:
  tcp-chat get 10.0.0.5 docs '*.iso' -o .  uma pasta e imagens, verificadas
  tcp-chat get 10.0.0.5 a.tgz --stdout     um arquivo, na saída padrão`,
    },
  },
  put: {
    run: runPut,
    summary: { en: "send files or folders", "pt-BR": "envia arquivos ou pastas" },
    operands: [OPERANDS.address, {
      name: { en: "FILE", "pt-BR": "ARQUIVO" },
      kind: "file",
      isRepeated: true,
    }],
    options: {
      ...pick(CLIENT_OPTIONS, "to"),
      ...TRANSFER,
      ...pick(CLIENT_OPTIONS, "gitignore", "links"),
      replace: {
        ...CLIENT_OPTIONS.replace,
        help: {
          en: "replace a file of the same name; without it, that file is not sent",
          "pt-BR": "substituir um arquivo de mesmo nome; sem isso, ele não é enviado",
        },
      },
      room: {
        ...CLIENT_OPTIONS.room,
        help: { en: "tell this room of the files", "pt-BR": "anunciar os arquivos nesta sala" },
      },
      ...pick(CLIENT_OPTIONS, "known", "sums"),
      ...LINK_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat put 10.0.0.5 report.pdf         to the server's root
  tcp-chat put 10.0.0.5 photos --to 2026   a folder, into 2026`,
      "pt-BR": `Exemplos:
  tcp-chat put 10.0.0.5 relatorio.pdf      para a raiz do servidor
  tcp-chat put 10.0.0.5 fotos --to 2026    uma pasta, dentro de 2026`,
    },
  },
  ls: {
    run: runLs,
    summary: { en: "list a folder", "pt-BR": "lista uma pasta" },
    operands: [OPERANDS.address, {
      name: OPERANDS.paths.name,
      kind: "remote-folder",
      isOptional: true,
    }],
    options: {
      ...pick(CLIENT_OPTIONS, "recursive", "long"),
      ...CONNECTION_OPTIONS,
      ...RESULT_OPTIONS,
    },
  },
  stat: {
    run: runStat,
    summary: { en: "size, time and SHA-256", "pt-BR": "tamanho, data e SHA-256" },
    operands: [OPERANDS.address, OPERANDS.paths],
    options: { ...CONNECTION_OPTIONS, ...RESULT_OPTIONS },
  },
  verify: {
    run: runVerify,
    summary: {
      en: "compare what is here with the server, by SHA-256",
      "pt-BR": "compara o que há aqui com o servidor, por SHA-256",
    },
    operands: [
      OPERANDS.address,
      { name: OPERANDS.paths.name, kind: "remote" },
      { name: { en: "FOLDER", "pt-BR": "PASTA" }, kind: "file", isOptional: true },
    ],
    options: {
      ...pick(CLIENT_OPTIONS, "output"),
      ...CONNECTION_OPTIONS,
      ...OUTPUT_OPTIONS,
    },
    examples: {
      en: `Examples:
  tcp-chat verify 10.0.0.5 photos          ${DEFAULT_OUTPUT}/photos against the server's
  tcp-chat verify 10.0.0.5 photos ~/pics   another folder`,
      "pt-BR": `Exemplos:
  tcp-chat verify 10.0.0.5 fotos           ${DEFAULT_OUTPUT}/fotos com a do servidor
  tcp-chat verify 10.0.0.5 fotos ~/fotos   outra pasta`,
    },
  },
};
