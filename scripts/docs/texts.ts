import type { EXIT } from "../../lib/cli/texts/failure.ts";
import type { Text } from "../../lib/protocol/fill_text.ts";
import type { LogEvent } from "../../lib/cli/server/server_log.ts";

/** What the exit codes of the client mean. */
export const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, Text>> = {
  done: { en: "all done", "pt-BR": "tudo feito" },
  other: { en: "another error", "pt-BR": "outro erro" },
  usage: { en: "wrong usage", "pt-BR": "uso errado" },
  connection: { en: "no connection, or lost", "pt-BR": "sem conexão, ou conexão perdida" },
  notFound: {
    en: "not found, or a name that is not allowed",
    "pt-BR": "não encontrado, ou nome não permitido",
  },
  integrity: {
    en: "integrity: the SHA-256 is not the right one, or `verify` found another or no file",
    "pt-BR": "integridade: o SHA-256 não é o certo, ou `verify` achou outro arquivo ou nenhum",
  },
  denied: {
    en: "denied, login failed, or a server that is not trusted",
    "pt-BR": "negado, login recusado, ou servidor não confiável",
  },
  disk: {
    en: "the local disk failed or is full",
    "pt-BR": "o disco local falhou ou está cheio",
  },
  incomplete: {
    en:
      "something was left out: a link, a device, a name that cannot be sent, a message that was not sent",
    "pt-BR":
      "algo ficou de fora: um link, um dispositivo, um nome que não pode ser enviado, uma mensagem não enviada",
  },
  interrupted: { en: "interrupted by Ctrl-C", "pt-BR": "interrompido por Ctrl-C" },
};

/** What the events in the server's log mean. */
export const EVENT_TEXTS: Readonly<Record<LogEvent["event"], Text>> = {
  listening: { en: "the server accepts clients", "pt-BR": "o servidor aceita clientes" },
  connected: {
    en: "a client connected; over a WebSocket with `via`",
    "pt-BR": "um cliente conectou; por um WebSocket, com `via`",
  },
  hello: {
    en: "a client speaks protocol 2, or moves files for another (`of`)",
    "pt-BR": "um cliente fala o protocolo 2, ou move arquivos para outro (`of`)",
  },
  disconnected: { en: "a client left, and why", "pt-BR": "um cliente saiu, e por quê" },
  login: {
    en: "a client logged in; by a link, its `user` is `link:ID`",
    "pt-BR": "um cliente fez login; por um link, seu `user` é `link:ID`",
  },
  link: {
    en: "a link was made or taken back (`action`)",
    "pt-BR": "um link foi criado ou cancelado (`action`)",
  },
  chat: { en: "a message", "pt-BR": "uma mensagem" },
  download: {
    en: "a file was sent; over HTTP to an `address`, which is no client",
    "pt-BR": "um arquivo foi enviado; por HTTP, a um `address`, que não é cliente",
  },
  upload: { en: "a file was received", "pt-BR": "um arquivo foi recebido" },
  move: {
    en: "a client moved or renamed a file or folder",
    "pt-BR": "um cliente moveu ou renomeou um arquivo ou uma pasta",
  },
  remove: {
    en:
      "a client removed a file, or a folder with its content; `left` counts what could not be removed",
    "pt-BR":
      "um cliente removeu um arquivo, ou uma pasta com o conteúdo; `left` conta o que não pôde ser removido",
  },
  refused: {
    en:
      "a client or a request was refused, with its code and reason; `more` counts those of the next ten seconds",
    "pt-BR":
      "um cliente ou um pedido foi recusado, com código e motivo; `more` conta os dos dez segundos seguintes",
  },
  command: {
    en: "an admin ran a command of the console",
    "pt-BR": "um admin executou um comando do console",
  },
  announced: {
    en: "the local network is told of the server",
    "pt-BR": "o servidor se anuncia na rede local",
  },
  cluster: {
    en: "how this server stands to its cluster",
    "pt-BR": "a situação deste servidor no cluster",
  },
  copies: {
    en: "how many copies of files are missing in the cluster",
    "pt-BR": "quantas cópias de arquivos faltam no cluster",
  },
  damaged: {
    en: "a file did not have its bytes any more, and whether another server had them",
    "pt-BR": "um arquivo não tinha mais os bytes dele, e se outro servidor os tinha",
  },
  rules: { en: "the rule file was read again", "pt-BR": "o arquivo de regras foi lido de novo" },
  warning: {
    en: "something is set up in an unexpected way",
    "pt-BR": "algo está configurado de um jeito inesperado",
  },
  error: { en: "something failed on the server", "pt-BR": "algo falhou no servidor" },
  dropped: {
    en: "lines of the log could not be written here, and how many",
    "pt-BR": "linhas do registro não puderam ser gravadas aqui, e quantas",
  },
  stopped: { en: "the server stopped", "pt-BR": "o servidor encerrou" },
};
