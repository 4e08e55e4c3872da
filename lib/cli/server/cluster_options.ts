import type { OptionTable } from "../options/options.ts";

/** The command whose screen of the help shows these options. */
const GROUP = "cluster";

/** The server's options of a cluster, of which the help of the start shows the first one only. */
export const CLUSTER_OPTIONS = {
  cluster: {
    kind: "text",
    placeholder: "URL[,URL…]",
    group: "network",
    help: {
      en: "several servers as one, on NATS: see help cluster",
      "pt-BR": "vários servidores como um, sobre NATS: veja help cluster",
    },
  },
  "cluster-name": {
    kind: "text",
    placeholder: "NAME",
    default: "tcp-chat",
    group: GROUP,
    help: {
      en: "the cluster's name (tcp-chat); several can share a NATS",
      "pt-BR": "nome do cluster (tcp-chat); vários podem usar o mesmo NATS",
    },
  },
  "cluster-creds": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUP,
    help: {
      en: "file with credentials for NATS: a user JWT, or the seed of an nkey",
      "pt-BR": "arquivo com credenciais do NATS: um JWT de usuário ou uma nkey",
    },
  },
  "cluster-ca": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUP,
    help: {
      en: "certificates that sign those of NATS, in PEM (the system's)",
      "pt-BR": "certificados que assinam os do NATS, em PEM (os do sistema)",
    },
  },
  "cluster-wait": {
    kind: "integer",
    placeholder: "SECONDS",
    maximum: 86_400,
    group: GROUP,
    help: {
      en: "give up the start without NATS after so long (waits for ever)",
      "pt-BR": "desistir de iniciar sem NATS depois disso (espera para sempre)",
    },
  },
  advertise: {
    kind: "text",
    placeholder: "HOST[:PORT]",
    value: "host",
    group: GROUP,
    help: {
      en: "where clients and servers reach this one (host name, --port)",
      "pt-BR": "onde clientes e servidores alcançam este (nome da máquina, --port)",
    },
  },
  copies: {
    kind: "text",
    placeholder: "N|all",
    default: "2",
    group: GROUP,
    help: {
      en: "servers that keep each file (2)",
      "pt-BR": "servidores que guardam cada arquivo (2)",
    },
  },
  "fetch-cache": {
    kind: "size",
    placeholder: "SIZE",
    group: GROUP,
    help: {
      en: "files of other servers that are kept beside the copies (10GiB)",
      "pt-BR": "arquivos de outros servidores guardados além das cópias (10GiB)",
    },
  },
  rescan: {
    kind: "integer",
    placeholder: "SECONDS",
    minimum: 1,
    maximum: 86_400,
    group: GROUP,
    help: {
      en: "look for new files in the served folder so often (60)",
      "pt-BR": "procurar arquivos novos na pasta servida a cada tanto (60)",
    },
  },
  scrub: {
    kind: "integer",
    placeholder: "DAYS",
    maximum: 3_650,
    group: GROUP,
    help: {
      en: "hash each file again after so long, 0 for never (30)",
      "pt-BR": "calcular de novo o hash de cada arquivo após isso, 0 = nunca (30)",
    },
  },
  alone: {
    kind: "flag",
    group: GROUP,
    help: {
      en: "leave the cluster, and start as one server with its history",
      "pt-BR": "sair do cluster e iniciar como um só servidor com o histórico dele",
    },
  },
} as const satisfies OptionTable;
