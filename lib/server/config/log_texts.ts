import type { Language } from "../../protocol/errors.ts";

/** The messages of `error` events in the log of a server. */
export interface LogTexts {
  /** The limit of descriptors leaves room for fewer clients. */
  readonly capacity: (clients: number, requested: number) => string;
  /** Accounts are required, and cannot be stored. */
  readonly noAccounts: string;
  /** The changed rule file cannot be used. */
  readonly oldRules: (reason: string) => string;
  /** The rules of this server and those of its cluster cannot be made the same. */
  readonly unsharedRules: (reason: string) => string;
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
  /** The cluster cannot be reached at the start. */
  readonly waitsForCluster: (name: string, reason: string) => string;
  /** The server applies what the others have appended. */
  readonly catchesUp: (name: string, applied: number, last: number) => string;
  /** The server has left its cluster for good, whose name is forgotten after `cluster seed`. */
  readonly leftCluster: (name: string | null) => string;
  /** Another server of the cluster has given bytes that are not the content that was asked for. */
  readonly wrongContent: (server: string, sha256: string) => string;
  /** The served folder has another file than the cluster. */
  readonly conflict: (path: string) => string;
  /** A server alone has other bytes of a file than it had. */
  readonly damaged: (path: string) => string;
  /** A file whose bytes are wrong cannot be had anew. */
  readonly unmended: (path: string, reason: string) => string;
  /** Files of the cluster that a server lacks which leaves it. */
  readonly filesElsewhere: (paths: readonly string[]) => string;
  /** What the server has opened cannot be closed in time. */
  readonly notClosed: string;
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
    unsharedRules: (reason) =>
      `The rules of this server are not those of its cluster yet: ${reason}; it is tried again`,
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
    waitsForCluster: (name, reason) =>
      `Waiting for the cluster ${name}: ${reason}; the port is not open until then`,
    catchesUp: (name, applied, last) =>
      `Catching up with the cluster ${name}: ${applied} of ${last} records`,
    filesElsewhere: ({ length, 0: first }) =>
      `${length} ${
        length === 1 ? "file is" : "files are"
      } only on other servers of the cluster, the first: ${first}`,
    conflict: (path) =>
      `${path} in the served folder is another file than the other servers have: it is not served`,
    damaged: (path) =>
      `${path} does not have the bytes of its SHA-256 any more, though nothing has written to it: the disk may be ` +
      "damaged. Clients refuse it until a good copy lies in its place",
    unmended: (path, reason) =>
      `The bytes of ${path} are not those of its SHA-256 any more, and cannot be fetched anew: ` +
      `${reason}; it is tried again`,
    leftCluster: (name) =>
      `This server has left the cluster${
        name === null ? "" : ` ${name}`
      }: its history is its own from now on`,
    wrongContent: (server, sha256) =>
      `The server ${server} gave wrong bytes for the content ${sha256}: its disk may be damaged`,
    notClosed: "Cannot close everything in time, such as files on a disk that does not answer: " +
      "only the end of the program closes that",
    failed: (path, reason) => `Cannot answer a request${path && ` for ${path}`}: ${reason}`,
  },
  "pt-BR": {
    capacity: (clients, requested) =>
      `O limite de clientes é ${clients} em vez de ${requested}: ` +
      "o limite de arquivos abertos (ulimit -n) é baixo demais",
    noAccounts:
      "Não é possível exigir contas: o banco de dados da pasta de dados não pode ser usado",
    oldRules: (reason) => `${reason}; as regras antigas continuam valendo`,
    unsharedRules: (reason) =>
      `As regras deste servidor ainda não são as do cluster: ${reason}; há nova tentativa`,
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
    waitsForCluster: (name, reason) =>
      `À espera do cluster ${name}: ${reason}; a porta só abre depois disso`,
    catchesUp: (name, applied, last) =>
      `Recuperando o cluster ${name}: ${applied} de ${last} registros`,
    filesElsewhere: ({ length, 0: first }) =>
      `${length} ${
        length === 1 ? "arquivo está" : "arquivos estão"
      } só em outros servidores do cluster, o primeiro: ${first}`,
    conflict: (path) =>
      `${path} na pasta servida é outro arquivo que o dos outros servidores: não é servido`,
    damaged: (path) =>
      `${path} não tem mais os bytes do SHA-256 dele, embora nada o tenha gravado: o disco pode estar com ` +
      "defeito. Os clientes o recusam até haver uma cópia boa no lugar",
    unmended: (path, reason) =>
      `Os bytes de ${path} não são mais os do SHA-256 dele, e não é possível buscá-los de novo: ` +
      `${reason}; há nova tentativa`,
    leftCluster: (name) =>
      `Este servidor saiu do cluster${
        name === null ? "" : ` ${name}`
      }: o histórico é só dele a partir de agora`,
    wrongContent: (server, sha256) =>
      `O servidor ${server} deu bytes errados do conteúdo ${sha256}: o disco dele pode estar com defeito`,
    notClosed: "Não é possível fechar tudo a tempo, como arquivos num disco que não responde: " +
      "só o fim do programa fecha isso",
    failed: (path, reason) => `Não é possível atender um pedido${path && ` de ${path}`}: ${reason}`,
  },
};
