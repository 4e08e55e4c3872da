import type { Language } from "../../protocol/errors.ts";

/** What a server tells its operator in the log, beside the events themselves. */
export interface LogTexts {
  /** The limit of descriptors leaves room for fewer clients. */
  readonly capacity: (clients: number, wished: number) => string;
  /** Accounts are required, and there is no place for them. */
  readonly noAccounts: string;
  /** The rule file cannot be used as it is now. */
  readonly oldRules: (reason: string) => string;
  /** The history of the chat cannot be written or read. */
  readonly noHistory: (reason: string) => string;
  /** The database cannot be used. */
  readonly noState: (path: string, reason: string) => string;
  /** A request failed, through no fault of the client; the path may be empty. */
  readonly failed: (path: string, reason: string) => string;
}

/** The notices in each language. */
export const LOG_TEXTS: Readonly<Record<Language, LogTexts>> = {
  "en": {
    capacity: (clients, wished) =>
      `There is room for ${clients} clients at once, not ${wished}: the limit of open files ` +
      "(ulimit -n) is too low",
    noAccounts: "Cannot require accounts: the database of the data folder cannot be used",
    oldRules: (reason) => `${reason}; the rules stay as they were`,
    noHistory: (reason) =>
      `Cannot keep the history of the chat: ${reason}; messages are refused until it works again`,
    noState: (path, reason) => `Cannot use ${path}: ${reason}; nothing is kept after this run`,
    failed: (path, reason) => `Cannot answer a request${path && ` for ${path}`}: ${reason}`,
  },
  "pt-BR": {
    capacity: (clients, wished) =>
      `Há lugar para ${clients} clientes ao mesmo tempo, não ${wished}: o limite de arquivos ` +
      "abertos (ulimit -n) é baixo demais",
    noAccounts: "Não é possível exigir contas: o banco de dados da pasta não pode ser usado",
    oldRules: (reason) => `${reason}; as regras ficam como estavam`,
    noHistory: (reason) =>
      `Não é possível guardar o histórico do chat: ${reason}; mensagens são recusadas até que volte`,
    noState: (path, reason) =>
      `Não é possível usar ${path}: ${reason}; nada é guardado depois desta execução`,
    failed: (path, reason) => `Não é possível atender um pedido${path && ` de ${path}`}: ${reason}`,
  },
};
