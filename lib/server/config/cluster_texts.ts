import type { ClusterState, HealReason } from "../../protocol/cluster_state.ts";
import type { Text } from "../../protocol/fill_text.ts";

/** What the log says of a server in a state; `{name}` is that of the cluster. */
export const CLUSTER_STATE_TEXTS: Readonly<Record<ClusterState, Text>> = {
  "in-step": {
    en: "This server is in step with the cluster {name}",
    "pt-BR": "Este servidor está em dia com o cluster {name}",
  },
  "cut-off": {
    en: "The cluster {name} cannot be reached, or most of its machines: messages wait",
    "pt-BR": "O cluster {name} não responde, ou a maioria de suas máquinas: as mensagens esperam",
  },
  "no-space": {
    en: "The disk is full: nothing of the cluster {name} is stored until there is room",
    "pt-BR": "O disco está cheio: nada do cluster {name} é guardado até haver espaço",
  },
  "failed": {
    en: "The database cannot be written: nothing of the cluster {name} is stored until it works",
    "pt-BR":
      "O banco de dados não aceita gravações: nada do cluster {name} é guardado até que volte",
  },
  "newer": {
    en: "The log of the cluster {name} has entries of a newer version: update this server",
    "pt-BR": "O log do cluster {name} tem entradas de uma versão mais nova: atualize este servidor",
  },
  "diverged": {
    en:
      "This server holds something else than the cluster {name}: where most of the others agree, it takes their state by itself; else see the command cluster status, and docs/cluster.md",
    "pt-BR":
      "Este servidor guarda algo diferente do cluster {name}: onde a maioria dos outros concorda, ele toma o estado deles sozinho; senão veja o comando cluster status e docs/pt-BR/cluster.md",
  },
  "log-lost": {
    en:
      "The log of the cluster {name} is not the one that this server knows, or lacks records that it needs: where another server can give its state, this one takes it by itself; else see the command cluster status, and docs/cluster.md",
    "pt-BR":
      "O log do cluster {name} não é o que este servidor conhece, ou não tem registros de que ele precisa: onde outro servidor pode dar seu estado, este o toma sozinho; senão veja o comando cluster status e docs/pt-BR/cluster.md",
  },
};

const OUT_OF_STEP = {
  en: "This server is not in step with the others and takes no messages: connect to another one",
  "pt-BR": "Este servidor não está em dia com os outros e não aceita mensagens: conecte-se a outro",
} as const satisfies Text;

/** What the clients are told. */
export const CLUSTER_NOTICES: Readonly<Record<ClusterState, Text>> = {
  "in-step": {
    en: "The cluster is back: messages go on",
    "pt-BR": "O cluster voltou: as mensagens seguem",
  },
  "cut-off": {
    en: "Messages wait: the cluster cannot be reached",
    "pt-BR": "As mensagens esperam: o cluster não responde",
  },
  "no-space": OUT_OF_STEP,
  "failed": OUT_OF_STEP,
  "newer": OUT_OF_STEP,
  "diverged": OUT_OF_STEP,
  "log-lost": OUT_OF_STEP,
};

/** What the log says of a server that would join, and could not read the state of the cluster `{name}`. */
export const OLDER_SERVER = {
  en:
    "A server of an earlier version asks for the state of the cluster {name}, which it cannot read: update it; until then it waits",
  "pt-BR":
    "Um servidor de uma versão anterior pede o estado do cluster {name}, que ele não sabe ler: atualize-o; até lá ele espera",
} as const satisfies Text;

/** The same where its id is known. */
export const NAMED_OLDER_SERVER = {
  en:
    "The server {server} is of an earlier version and asks for the state of the cluster {name}, which it cannot read: update it; until then it waits",
  "pt-BR":
    "O servidor {server} é de uma versão anterior e pede o estado do cluster {name}, que ele não sabe ler: atualize-o; até lá ele espera",
} as const satisfies Text;

/** What the log says of a server that starts again to be in step; `{name}` is that of the cluster. */
export const HEAL_TEXTS: Readonly<Record<HealReason, Text>> = {
  "diverged": {
    en:
      "This server restarts by itself: most others of the cluster {name} hold something else, and it takes their state (its own stays in tcp-chat.db.old)",
    "pt-BR":
      "Este servidor reinicia sozinho: a maioria dos outros do cluster {name} guarda outra coisa, e ele toma o estado deles (o seu fica em tcp-chat.db.old)",
  },
  "behind": {
    en:
      "This server restarts by itself: the log of the cluster {name} lacks records that come after what it has, and another server gives it the state",
    "pt-BR":
      "Este servidor reinicia sozinho: o log do cluster {name} não tem registros que vêm depois do que ele tem, e outro servidor lhe dá o estado",
  },
  "log-back": {
    en: "This server restarts by itself: the log of the cluster {name} has again what it needs",
    "pt-BR":
      "Este servidor reinicia sozinho: o log do cluster {name} tem de novo o que ele precisa",
  },
};

/** What its clients are told. */
export const HEAL_NOTICE: Text = {
  en: "This server restarts to be in step with the others: go on at another one",
  "pt-BR": "Este servidor reinicia para ficar em dia com os outros: continue em outro",
};
