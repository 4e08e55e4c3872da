import type { Language } from "../protocol/errors.ts";

/** What a server tells its operator in the log, beside the events themselves. */
export interface Notices {
  /** The limit of descriptors leaves room for fewer clients. */
  readonly capacity: (clients: number, wished: number) => string;
  /** The database cannot be used. */
  readonly noState: (path: string, reason: string) => string;
  /** A file could not be sent, through no fault of the client. */
  readonly notSent: (path: string, reason: string) => string;
}

/** The notices in each language. */
export const NOTICES: Readonly<Record<Language, Notices>> = {
  "en": {
    capacity: (clients, wished) =>
      `There is room for ${clients} clients at once, not ${wished}: the limit of open files ` +
      "(ulimit -n) is too low",
    noState: (path, reason) =>
      `Cannot use ${path}: ${reason}; going on without a memory of file hashes`,
    notSent: (path, reason) => `Cannot send ${path}: ${reason}`,
  },
  "pt-BR": {
    capacity: (clients, wished) =>
      `Há lugar para ${clients} clientes ao mesmo tempo, não ${wished}: o limite de arquivos ` +
      "abertos (ulimit -n) é baixo demais",
    noState: (path, reason) =>
      `Não é possível usar ${path}: ${reason}; seguindo sem memória dos hashes dos arquivos`,
    notSent: (path, reason) => `Não é possível enviar ${path}: ${reason}`,
  },
};
