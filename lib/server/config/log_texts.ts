import type { Text } from "../../protocol/fill_text.ts";

/** The messages of `error` and `warning` events in the log of a server. */
export const LOG_TEXTS = {
  capacity: {
    en: "The limit of clients is {clients} instead of {requested}: the limit on open files " +
      "(ulimit -n) is too low",
    "pt-BR":
      "O limite de clientes é {clients} em vez de {requested}: o limite de arquivos abertos " +
      "(ulimit -n) é baixo demais",
  },
  noAccounts: {
    en: "Cannot require accounts: the database in the data folder cannot be used",
    "pt-BR": "Não é possível exigir contas: o banco de dados da pasta de dados não pode ser usado",
  },
  oldRules: {
    en: "{reason}; the old rules stay in force",
    "pt-BR": "{reason}; as regras antigas continuam valendo",
  },
  unsharedRules: {
    en: "The rules of this server are not those of its cluster yet: {reason}; it is tried again",
    "pt-BR": "As regras deste servidor ainda não são as do cluster: {reason}; há nova tentativa",
  },
  noHistory: {
    en: "Cannot keep the chat history: {reason}; messages are refused until it works again",
    "pt-BR": "Não é possível guardar o histórico do chat: {reason}; " +
      "as mensagens são recusadas até que ele volte a funcionar",
  },
  /** The server does not start. */
  noDatabase: {
    en: "Cannot use {path}: {reason}; without it there are no bans and accounts " +
      "(--without-database starts nevertheless)",
    "pt-BR": "Não é possível usar {path}: {reason}; sem ele não há banimentos nem contas " +
      "(--without-database inicia mesmo assim)",
  },
  /** The server starts all the same. */
  noState: {
    en: "Cannot use {path}: {reason}; nothing is kept after this run",
    "pt-BR": "Não é possível usar {path}: {reason}; nada será guardado depois desta execução",
  },
  dataIsServed: {
    en: "The data folder {path} lies in the served folder: clients neither see nor change it; " +
      "better keep it elsewhere (--data)",
    "pt-BR": "A pasta de dados {path} está na pasta servida: clientes não a veem nem mudam; " +
      "é melhor guardá-la em outro lugar (--data)",
  },
  rootGone: {
    en: "The served folder {path} is gone; requests for files fail until it is back " +
      "(start again to serve another folder there)",
    "pt-BR": "A pasta servida {path} sumiu; pedidos de arquivos falham até ela voltar " +
      "(inicie de novo para servir outra pasta ali)",
  },
  rootBack: {
    en: "The served folder {path} is back",
    "pt-BR": "A pasta servida {path} voltou",
  },
  noAnnouncement: {
    en:
      "The local network is not told of this server: {reason}; another program may keep the port " +
      "for itself (for avahi: disallow-other-stacks=no)",
    "pt-BR": "A rede local não é avisada deste servidor: {reason}; outro programa pode manter a " +
      "porta só para si (no avahi: disallow-other-stacks=no)",
  },
  waitsForCluster: {
    en: "Waiting for the cluster {name}: {reason}; the port is not open until then",
    "pt-BR": "À espera do cluster {name}: {reason}; a porta só abre depois disso",
  },
  catchesUp: {
    en: "Catching up with the cluster {name}: {applied} of {last} records",
    "pt-BR": "Recuperando o cluster {name}: {applied} de {last} registros",
  },
  filesElsewhere: {
    en: "{count|# file is|# files are} only on other servers of the cluster, the first: {path}",
    "pt-BR":
      "{count|# arquivo está|# arquivos estão} só em outros servidores do cluster, o primeiro: {path}",
  },
  conflict: {
    en: "{path} in the served folder is another file than the other servers have: it is not served",
    "pt-BR": "{path} na pasta servida é outro arquivo que o dos outros servidores: não é servido",
  },
  /** On a server alone. */
  damaged: {
    en:
      "{path} does not have the bytes of its SHA-256 any more, though nothing has written to it: " +
      "the disk may be damaged. Clients refuse it until a good copy lies in its place",
    "pt-BR": "{path} não tem mais os bytes do SHA-256 dele, embora nada o tenha gravado: o disco " +
      "pode estar com defeito. Os clientes o recusam até haver uma cópia boa no lugar",
  },
  unmended: {
    en: "The bytes of {path} are not those of its SHA-256 any more, and cannot be fetched anew: " +
      "{reason}; it is tried again",
    "pt-BR": "Os bytes de {path} não são mais os do SHA-256 dele, e não é possível buscá-los de " +
      "novo: {reason}; há nova tentativa",
  },
  leftCluster: {
    en: "This server has left the cluster {name}: its history is its own from now on",
    "pt-BR": "Este servidor saiu do cluster {name}: o histórico é só dele a partir de agora",
  },
  /** After `cluster seed`, which forgets the name. */
  leftNamelessCluster: {
    en: "This server has left the cluster: its history is its own from now on",
    "pt-BR": "Este servidor saiu do cluster: o histórico é só dele a partir de agora",
  },
  wrongContent: {
    en: "The server {server} gave wrong bytes for the content {sha256}: its disk may be damaged",
    "pt-BR":
      "O servidor {server} deu bytes errados do conteúdo {sha256}: o disco dele pode estar com defeito",
  },
  notClosed: {
    en: "Cannot close everything in time, such as files on a disk that does not answer: " +
      "only the end of the program closes that",
    "pt-BR": "Não é possível fechar tudo a tempo, como arquivos num disco que não responde: " +
      "só o fim do programa fecha isso",
  },
  failed: {
    en: "Cannot answer a request: {reason}",
    "pt-BR": "Não é possível atender um pedido: {reason}",
  },
  failedFor: {
    en: "Cannot answer a request for {path}: {reason}",
    "pt-BR": "Não é possível atender um pedido de {path}: {reason}",
  },
} as const satisfies Record<string, Text>;
