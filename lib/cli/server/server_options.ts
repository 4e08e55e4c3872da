import { LIMITS } from "../../protocol/limits.ts";
import { DEFAULT_PORT } from "../../stream/address.ts";
import { COMMON_OPTIONS, CONFIG_OPTIONS } from "../options/common_options.ts";
import { LINK_OPTIONS } from "../options/link_options.ts";
import type { OptionTable } from "../options/options.ts";
import { CLUSTER_OPTIONS } from "./cluster_options.ts";
import { LIMIT_OPTIONS } from "./limit_options.ts";

const GROUPS = {
  network: "network",
  files: "files",
  access: "access",
  output: "output",
};

/** The server's options, in the order of the help. */
export const SERVER_OPTIONS = {
  port: {
    kind: "integer",
    short: "p",
    placeholder: "N",
    maximum: 65_535,
    default: DEFAULT_PORT,
    group: GROUPS.network,
    help: { en: "port (5555); 0 takes any free one", "pt-BR": "porta (5555); 0 usa uma livre" },
  },
  host: {
    kind: "text",
    short: "H",
    placeholder: "ADDR",
    default: "0.0.0.0",
    group: GROUPS.network,
    help: {
      en: 'address to listen on (0.0.0.0); "::" means IPv4 and IPv6',
      "pt-BR": 'endereço em que escuta (0.0.0.0); "::" significa IPv4 e IPv6',
    },
  },
  name: {
    kind: "text",
    placeholder: "TEXT",
    group: GROUPS.network,
    help: { en: "the server's name (host name)", "pt-BR": "nome do servidor (nome da máquina)" },
  },
  announce: {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "tell the local network of this server (mDNS), for tcp-chat find",
      "pt-BR": "anunciar este servidor na rede local (mDNS), para tcp-chat find",
    },
  },
  metrics: {
    kind: "text",
    placeholder: "[HOST:]PORT",
    group: GROUPS.network,
    help: {
      en: "Prometheus metrics at /metrics; on 127.0.0.1 without HOST",
      "pt-BR": "métricas para o Prometheus em /metrics; em 127.0.0.1 sem HOST",
    },
  },
  tls: {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "TLS on the port; its key is made at the first start and kept",
      "pt-BR": "TLS na porta; a chave é criada na primeira vez e guardada",
    },
  },
  "tls-cert": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUPS.network,
    help: {
      en: "your own certificate, in PEM (with --tls-key)",
      "pt-BR": "certificado próprio, em PEM (com --tls-key)",
    },
  },
  "tls-key": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUPS.network,
    help: {
      en: "its private key, in PEM (with --tls-cert)",
      "pt-BR": "a chave privada dele, em PEM (com --tls-cert)",
    },
  },
  "no-web": {
    kind: "flag",
    group: GROUPS.network,
    help: {
      en: "no web page: browsers are not answered",
      "pt-BR": "sem página web: navegadores não são atendidos",
    },
  },
  "web-host": {
    kind: "texts",
    placeholder: "NAME",
    group: GROUPS.network,
    help: {
      en: "a name of the Internet that the page answers to; may be repeated",
      "pt-BR": "nome da Internet a que a página atende; pode ser repetido",
    },
  },
  qr: {
    kind: "flag",
    group: GROUPS.output,
    help: {
      en: "QR code of the page's address, or of the server's without a page",
      "pt-BR": "QR code do endereço da página, ou do servidor se não há página",
    },
  },
  "no-qr": {
    kind: "flag",
    group: GROUPS.output,
    help: { en: "no QR code at the start", "pt-BR": "sem QR code ao iniciar" },
  },
  ...CLUSTER_OPTIONS,
  root: {
    kind: "text",
    short: "r",
    placeholder: "DIR",
    value: "folder",
    default: "server_files",
    group: GROUPS.files,
    help: {
      en: "folder to serve (server_files); created if missing",
      "pt-BR": "pasta servida (server_files); criada se não existir",
    },
  },
  data: {
    kind: "text",
    placeholder: "DIR",
    value: "folder",
    group: GROUPS.files,
    help: {
      en: "folder for history, accounts and keys (one for each --root)",
      "pt-BR": "pasta de histórico, contas e chaves (uma para cada --root)",
    },
  },
  "without-database": {
    kind: "flag",
    group: GROUPS.files,
    help: {
      en: "start even if the database fails: no bans, accounts, history",
      "pt-BR": "iniciar mesmo se o banco falhar: sem banimentos, contas, histórico",
    },
  },
  "allow-upload": {
    kind: "flag",
    short: "u",
    group: GROUPS.files,
    help: {
      en: "let clients upload (without it, the folder is read-only)",
      "pt-BR": "deixar clientes enviarem (sem isso, a pasta é só de leitura)",
    },
  },
  "max-upload": {
    kind: "size",
    placeholder: "SIZE",
    group: GROUPS.files,
    help: {
      en: "largest upload, such as 10M or 2GiB (no limit)",
      "pt-BR": "maior envio, como 10M ou 2GiB (sem limite)",
    },
  },
  "max-unfinished": {
    kind: "size",
    placeholder: "SIZE",
    default: LIMITS.unfinishedUploadBytes,
    group: GROUPS.files,
    help: {
      en: "unfinished uploads that are kept, all together (32GiB)",
      "pt-BR": "envios inacabados que são guardados, todos juntos (32GiB)",
    },
  },
  "no-chat": {
    kind: "flag",
    group: GROUPS.files,
    help: { en: "files only", "pt-BR": "só arquivos" },
  },
  "no-files": {
    kind: "flag",
    group: GROUPS.files,
    help: { en: "chat only", "pt-BR": "só chat" },
  },
  "require-account": {
    kind: "flag",
    group: GROUPS.access,
    help: {
      en: "admit only clients with an account",
      "pt-BR": "admitir só clientes com conta",
    },
  },
  guest: {
    kind: "text",
    placeholder: "RIGHTS",
    group: GROUPS.access,
    help: {
      en: "rights of guests, such as read,chat or none (read,chat; -u adds write)",
      "pt-BR": "convidados podem: read,chat, none … (read,chat; -u inclui write)",
    },
  },
  ...LINK_OPTIONS,
  role: {
    kind: "text",
    placeholder: "member|admin",
    choices: ["member", "admin"],
    default: "member",
    group: GROUPS.access,
    help: {
      en: "role of the account (member)",
      "pt-BR": "papel da conta (member)",
    },
  },
  ...LIMIT_OPTIONS,
  "no-console": {
    kind: "flag",
    group: GROUPS.output,
    help: { en: "do not read standard input", "pt-BR": "não ler a entrada padrão" },
  },
  json: {
    kind: "flag",
    group: GROUPS.output,
    help: { en: "log as JSON lines", "pt-BR": "log em linhas JSON" },
  },
  quiet: {
    kind: "flag",
    short: "q",
    group: GROUPS.output,
    help: { en: "log errors only", "pt-BR": "log só de erros" },
  },
  ...CONFIG_OPTIONS,
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;
