import type { Language } from "../../protocol/errors.ts";

/** The messages of `error` events in the log of a server. */
export interface LogTexts {
  /** The limit of descriptors leaves room for fewer clients. */
  readonly capacity: (clients: number, requested: number) => string;
  /** Accounts are required, and cannot be stored. */
  readonly noAccounts: string;
  /** The changed rule file cannot be used. */
  readonly oldRules: (reason: string) => string;
  /** The chat history cannot be written or read. */
  readonly noHistory: (reason: string) => string;
  /** The database cannot be used: the server does not start. */
  readonly noDatabase: (path: string, reason: string) => string;
  /** The database cannot be used: the server starts without it. */
  readonly noState: (path: string, reason: string) => string;
  /** The data folder lies in the served folder. */
  readonly dataIsServed: (path: string) => string;
  /** The served folder was removed or unmounted. */
  readonly rootGone: (path: string) => string;
  /** It is there again. */
  readonly rootBack: (path: string) => string;
  /** The local network cannot be told of the server. */
  readonly noAnnouncement: (reason: string) => string;
  /** A request has failed by a fault of the server; the path may be empty. */
  readonly failed: (path: string, reason: string) => string;
}

/** The texts in each language. */
export const LOG_TEXTS: Readonly<Record<Language, LogTexts>> = {
  "en": {
    capacity: (clients, requested) =>
      `The limit of clients is ${clients} instead of ${requested}: ` +
      "the limit on open files (ulimit -n) is too low",
    noAccounts: "Cannot require accounts: the database in the data folder cannot be used",
    oldRules: (reason) => `${reason}; the old rules stay in force`,
    noHistory: (reason) =>
      `Cannot keep the chat history: ${reason}; messages are refused until it works again`,
    noDatabase: (path, reason) =>
      `Cannot use ${path}: ${reason}; without it there are no bans and accounts ` +
      "(--without-database starts nevertheless)",
    noState: (path, reason) => `Cannot use ${path}: ${reason}; nothing is kept after this run`,
    dataIsServed: (path) =>
      `The data folder ${path} lies in the served folder: clients neither see nor change it; ` +
      "better keep it elsewhere (--data)",
    rootGone: (path) =>
      `The served folder ${path} is gone; requests for files fail until it is back ` +
      "(start again to serve another folder there)",
    rootBack: (path) => `The served folder ${path} is back`,
    noAnnouncement: (reason) =>
      `The local network is not told of this server: ${reason}; another program may keep the port ` +
      "for itself (for avahi: disallow-other-stacks=no)",
    failed: (path, reason) => `Cannot answer a request${path && ` for ${path}`}: ${reason}`,
  },
  "pt-BR": {
    capacity: (clients, requested) =>
      `O limite de clientes é ${clients} em vez de ${requested}: ` +
      "o limite de arquivos abertos (ulimit -n) é baixo demais",
    noAccounts:
      "Não é possível exigir contas: o banco de dados da pasta de dados não pode ser usado",
    oldRules: (reason) => `${reason}; as regras antigas continuam valendo`,
    noHistory: (reason) =>
      `Não é possível guardar o histórico do chat: ${reason}; ` +
      "as mensagens são recusadas até que ele volte a funcionar",
    noDatabase: (path, reason) =>
      `Não é possível usar ${path}: ${reason}; sem ele não há banimentos nem contas ` +
      "(--without-database inicia mesmo assim)",
    noState: (path, reason) =>
      `Não é possível usar ${path}: ${reason}; nada será guardado depois desta execução`,
    dataIsServed: (path) =>
      `A pasta de dados ${path} está na pasta servida: clientes não a veem nem mudam; ` +
      "é melhor guardá-la em outro lugar (--data)",
    rootGone: (path) =>
      `A pasta servida ${path} sumiu; pedidos de arquivos falham até ela voltar ` +
      "(inicie de novo para servir outra pasta ali)",
    rootBack: (path) => `A pasta servida ${path} voltou`,
    noAnnouncement: (reason) =>
      `A rede local não é avisada deste servidor: ${reason}; outro programa pode manter a porta ` +
      "só para si (no avahi: disallow-other-stacks=no)",
    failed: (path, reason) => `Não é possível atender um pedido${path && ` de ${path}`}: ${reason}`,
  },
};
