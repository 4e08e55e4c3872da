import type { Language } from "../protocol/errors.ts";
import { fill, type Text } from "./language.ts";

/** The texts that programs print, but for the help and the errors. */
export const TEXTS = {
  unexpectedArgument: {
    en: "Unexpected argument {value}",
    "pt-BR": "Argumento inesperado {value}",
  },
  // Server: log and console
  listening: {
    en: "{name} listens on {host}, port {port}, and serves {root}",
    "pt-BR": "{name} escuta em {host}, porta {port}, e serve {root}",
  },
  consoleHint: {
    en:
      "A line that you type goes to all clients. /help lists the commands, quit stops the server.",
    "pt-BR":
      "Uma linha digitada vai para todos os clientes. /help lista os comandos, quit encerra.",
  },
  connected: {
    en: "client {client} connected from {address}",
    "pt-BR": "cliente {client} conectado de {address}",
  },
  disconnected: {
    en: "client {client} left: {reason}",
    "pt-BR": "cliente {client} saiu: {reason}",
  },
  downloaded: {
    en: "client {client} got {path}: {size} in {seconds} s",
    "pt-BR": "cliente {client} recebeu {path}: {size} em {seconds} s",
  },
  refused: {
    en: "client {client} was refused {path}: {reason}",
    "pt-BR": "cliente {client} teve recusado {path}: {reason}",
  },
  refusedClient: {
    en: "client {client}: {reason}",
    "pt-BR": "cliente {client}: {reason}",
  },
  refusedAddress: {
    en: "connection from {address} refused: {reason}",
    "pt-BR": "conexão de {address} recusada: {reason}",
  },
  unknownFrame: {
    en: "client {client} sent a frame of the unknown type {type}, ignored",
    "pt-BR": "cliente {client} enviou um quadro do tipo desconhecido {type}, ignorado",
  },
  error: { en: "error: {message}", "pt-BR": "erro: {message}" },
  stopped: { en: "stopped", "pt-BR": "encerrado" },
  stopping: {
    en: "stopping; running transfers have 10 s, once more stops at once",
    "pt-BR": "encerrando; transferências têm 10 s, outra vez encerra já",
  },
  who: {
    en: "{client}  {nick}  {address}  since {since}",
    "pt-BR": "{client}  {nick}  {address}  desde {since}",
  },
  nobody: { en: "no clients", "pt-BR": "nenhum cliente" },
  noFiles: { en: "no files", "pt-BR": "nenhum arquivo" },
  moreFiles: {
    en: "and more: only the first {count} are shown",
    "pt-BR": "e mais: só os primeiros {count} são mostrados",
  },
  stats: {
    en:
      "up {uptime} · {clients} clients ({connections} in all) · {downloads} files, {bytes} sent · " +
      "{messages} messages · {refusals} refusals · {workers} workers busy · {memory} memory",
    "pt-BR":
      "há {uptime} · {clients} clientes ({connections} ao todo) · {downloads} arquivos, {bytes} " +
      "enviados · {messages} mensagens · {refusals} recusas · {workers} workers ocupados · " +
      "{memory} de memória",
  },
  kicked: { en: "client {client} was told to go", "pt-BR": "cliente {client} foi removido" },
  kickNotice: { en: "You were removed", "pt-BR": "Você foi removido" },
  noSuchClient: { en: "no client {client}", "pt-BR": "nenhum cliente {client}" },
  kickUsage: {
    en: "Usage: /kick CLIENT [REASON]",
    "pt-BR": "Uso: /kick CLIENTE [MOTIVO]",
  },
  serverHelp: {
    en: "TEXT sends it to all · /who · /files · /stats · /kick CLIENT [REASON] · /help · /quit",
    "pt-BR":
      "TEXTO envia a todos · /who · /files · /stats · /kick CLIENTE [MOTIVO] · /help · /quit",
  },
  // Client
  askHost: { en: "Server [{host}]: ", "pt-BR": "Servidor [{host}]: " },
  askPort: { en: "Port [{port}]: ", "pt-BR": "Porta [{port}]: " },
  connectedTo: {
    en: "Connected to {address}. Type help for the commands.",
    "pt-BR": "Conectado a {address}. Digite ajuda para ver os comandos.",
  },
  listeningTo: {
    en: "Listening to {address}. Ctrl-C ends it.",
    "pt-BR": "Escutando {address}. Ctrl-C termina.",
  },
  interrupted: {
    en: "Interrupted. What is not whole stays as NAME.part.",
    "pt-BR": "Interrompido. O que não está inteiro fica como NOME.part.",
  },
  left: { en: "Goodbye.", "pt-BR": "Até logo." },
  done: {
    en: "{file}: {size}, SHA-256 verified ({sha256})",
    "pt-BR": "{file}: {size}, SHA-256 verificado ({sha256})",
  },
  skipped: {
    en: "{file}: there already, SHA-256 verified ({sha256})",
    "pt-BR": "{file}: já existe, SHA-256 verificado ({sha256})",
  },
  receiving: { en: "Receiving {path} …", "pt-BR": "Recebendo {path} …" },
  transferUnderWay: {
    en: "A file is still coming: leaving when it is done. Ctrl-C leaves at once.",
    "pt-BR": "Um arquivo ainda está chegando: saindo ao final. Ctrl-C sai já.",
  },
  filesOf: { en: "{done} of {total} files", "pt-BR": "{done} de {total} arquivos" },
  failedOf: {
    en: "{failed} of {total} files failed",
    "pt-BR": "{failed} de {total} arquivos falharam",
  },
  unknownCommand: {
    en: "Unknown command: {command}. {hint}",
    "pt-BR": "Comando desconhecido: {command}. {hint}",
  },
  didYouMean: { en: "Did you mean {name}?", "pt-BR": "Você quis dizer {name}?" },
  seeHelpOption: { en: "--help shows what there is.", "pt-BR": "--help mostra o que há." },
  seeHelp: { en: "Type help for the list.", "pt-BR": "Digite ajuda para ver a lista." },
  talking: {
    en: "Every line is chat now, unless it starts with /. {word} ends that.",
    "pt-BR": "Agora cada linha é chat, a não ser que comece com /. {word} termina.",
  },
  notTalking: { en: "Lines are commands again.", "pt-BR": "As linhas voltam a ser comandos." },
  you: { en: "you", "pt-BR": "você" },
  commandUsage: { en: "Usage: {usage}", "pt-BR": "Uso: {usage}" },
} as const satisfies Record<string, Text>;

/** The name of a text. */
export type TextKey = keyof typeof TEXTS;

/** Looks texts up in one language. */
export type Translate = (
  key: TextKey,
  parameters?: Readonly<Record<string, string | number>>,
) => string;

/** The texts of one language. */
export function translator(language: Language): Translate {
  return (key, parameters) => fill(TEXTS[key], language, parameters);
}
