import type { ClusterError, ClusterErrorCode } from "../../protocol/cluster_error.ts";
import type { Language } from "../../protocol/errors.ts";
import { fill, type Text } from "../../protocol/fill_text.ts";

/** Why a server cannot be one of a cluster; `{name}` is that of a cluster. */
const CLUSTER_TEXTS: Readonly<Record<ClusterErrorCode, Text>> = {
  "unreachable": {
    en: "The cluster cannot be reached: {reason}",
    "pt-BR": "O cluster não responde: {reason}",
  },
  "no-log": {
    en:
      "NATS has no log of the cluster {name}: none of its servers has been started, the name is another one (--cluster-name), or NATS was wiped (help cluster seed)",
    "pt-BR":
      "O NATS não tem log do cluster {name}: nenhum servidor dele foi iniciado, o nome é outro (--cluster-name) ou o NATS foi apagado (help cluster seed)",
  },
  "other-cluster": {
    en: "The data folder belongs to the cluster {name}, not to the one of --cluster-name",
    "pt-BR": "A pasta de dados pertence ao cluster {name}, não ao de --cluster-name",
  },
  "copied-folder": {
    en: "The data folder is a copy of another server's: begin with an empty one (--data)",
    "pt-BR": "A pasta de dados é uma cópia da de outro servidor: comece com uma vazia (--data)",
  },
  "own-history": {
    en:
      "The data folder has a history of its own, and the cluster {name} has one, too: begin with an empty one (--data), or use cluster rejoin where cluster seed was meant to begin the log with this one",
    "pt-BR":
      "A pasta de dados tem um histórico próprio, e o cluster {name} também: comece com uma vazia (--data), ou use cluster rejoin se cluster seed devia começar o log com esta",
  },
  "in-cluster": {
    en:
      "The data folder belongs to the cluster {name}: start with --cluster, or with --alone to leave it for good",
    "pt-BR":
      "A pasta de dados pertence ao cluster {name}: inicie com --cluster, ou com --alone para sair dele de vez",
  },
  "seed": {
    en:
      "The log of a cluster is to begin with this data folder: start with --cluster, or with --alone to keep it for this server only",
    "pt-BR":
      "O log de um cluster vai começar com esta pasta de dados: inicie com --cluster, ou com --alone para ficar com ela só para este servidor",
  },
  "no-folder": {
    en: "A server of a cluster needs a data folder with a database that works",
    "pt-BR": "Um servidor de um cluster precisa de uma pasta de dados com um banco que funcione",
  },
  "log-lost": {
    en:
      "NATS has lost the log of the cluster, of which this server has applied {applied} records. If its store is not there any more: stop all servers, run cluster seed on the one that has applied the most, start it, and run cluster rejoin on the others",
    "pt-BR":
      "O NATS perdeu o log do cluster, do qual este servidor aplicou {applied} registros. Se o armazenamento dele não existe mais: pare todos os servidores, use cluster seed no que aplicou mais, inicie-o e use cluster rejoin nos outros",
  },
  "log-short": {
    en:
      "NATS has an old log of the cluster: it ends at record {last}, and this server has applied {applied}. Servers that run fill it again within seconds; where none runs, run cluster seed on the one that has applied the most, start it, and run cluster rejoin on the others",
    "pt-BR":
      "O NATS tem um log antigo do cluster: ele termina no registro {last}, e este servidor aplicou {applied}. Servidores que estão rodando o completam em segundos; se nenhum está, use cluster seed no que aplicou mais, inicie-o e use cluster rejoin nos outros",
  },
  "other-log": {
    en:
      "The log of the cluster is another one than that of which this server has applied {applied} records. Where the other servers have the history of this one, run cluster rejoin here; where a new server has begun the log by mistake, stop it, and run cluster seed here",
    "pt-BR":
      "O log do cluster é outro que aquele do qual este servidor aplicou {applied} registros. Se os outros servidores têm o histórico deste, use cluster rejoin aqui; se um servidor novo começou o log por engano, pare-o e use cluster seed aqui",
  },
  "record-lost": {
    en:
      "The log of the cluster has lost a record that this server needs: start a server that has applied it; where none has, help cluster seed",
    "pt-BR":
      "O log do cluster perdeu um registro de que este servidor precisa: inicie um servidor que o tenha aplicado; se nenhum tem, help cluster seed",
  },
  "seeded": {
    en: "The log begins with the history of another server, which cannot be fetched at the moment",
    "pt-BR": "O log começa com o histórico de outro servidor, que não pode ser buscado no momento",
  },
  "newer": {
    en: "A newer version of tcp-chat has written to the log of the cluster: update this server",
    "pt-BR": "Uma versão mais nova do tcp-chat escreveu no log do cluster: atualize este servidor",
  },
  "diverged": {
    en:
      "This server has applied other entries than others, and neither are most: run cluster rejoin on those that are to take the state of the others",
    "pt-BR":
      "Este servidor aplicou entradas diferentes das de outros, e nenhum lado é a maioria: use cluster rejoin nos que devem receber o estado dos outros",
  },
};

/** What is the case, in a sentence. */
export function describeClusterError(error: ClusterError, language: Language): string {
  const { code, message, names: [name = ""], places } = error;
  return fill(CLUSTER_TEXTS[code], language, { name, reason: message, ...places });
}

/** What the log says of a file whose bytes the disk has lost; whether another server has them. */
export const DAMAGE_TEXTS = {
  fetched: {
    en:
      "{path} did not have the bytes of its SHA-256 any more, the disk may be damaged: fetched anew from another server; what was there is in the trash",
    "pt-BR":
      "{path} não tinha mais os bytes do SHA-256 dele, o disco pode estar com defeito: buscado de novo de outro servidor; o que estava ali está na lixeira",
  },
  lost: {
    en:
      "{path} does not have the bytes of its SHA-256 any more, the disk may be damaged, and no server that is there has them: it is not served until one comes, or a good copy lies in its place",
    "pt-BR":
      "{path} não tem mais os bytes do SHA-256 dele, o disco pode estar com defeito, e nenhum servidor presente os tem: não é servido até que um volte, ou haja uma cópia boa no lugar",
  },
} as const satisfies Record<string, Text>;
