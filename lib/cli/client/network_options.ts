import type { OptionTable } from "../options/options.ts";

const GROUP = "network";

/** The client's options about servers and connections. */
export const NETWORK_OPTIONS = {
  user: {
    kind: "text",
    placeholder: "NAME",
    group: GROUP,
    help: {
      en: "log in; asks for the password unless TCP_CHAT_PASSWORD is set",
      "pt-BR": "fazer login; pede a senha, a não ser com TCP_CHAT_PASSWORD",
    },
  },
  "password-file": {
    kind: "text",
    placeholder: "FILE",
    value: "file",
    group: GROUP,
    help: { en: "read the password from FILE", "pt-BR": "ler a senha de ARQUIVO" },
  },
  link: {
    kind: "text",
    placeholder: "LINK",
    group: GROUP,
    help: {
      en: "come by this link; rather in TCP_CHAT_LINK, which others cannot see",
      "pt-BR": "usar este link; melhor em TCP_CHAT_LINK, que outros não veem",
    },
  },
  tls: {
    kind: "flag",
    group: GROUP,
    help: {
      en: "use TLS; asks before it trusts an unknown server",
      "pt-BR": "usar TLS; pergunta antes de confiar num servidor desconhecido",
    },
  },
  fingerprint: {
    kind: "text",
    placeholder: "HEX",
    group: GROUP,
    help: {
      en: "use TLS, only with the server whose key has this SHA-256",
      "pt-BR": "usar TLS, só com o servidor cuja chave tem este SHA-256",
    },
  },
  trust: {
    kind: "flag",
    group: GROUP,
    help: {
      en: "use TLS, and trust an unknown server without asking",
      "pt-BR": "usar TLS, confiando num servidor desconhecido sem perguntar",
    },
  },
  "no-tls": {
    kind: "flag",
    group: GROUP,
    help: {
      en: "no TLS, even with a server that is known by its key",
      "pt-BR": "sem TLS, mesmo com um servidor conhecido pela chave",
    },
  },
  protocol: {
    kind: "text",
    placeholder: "1|2|auto",
    choices: ["1", "2", "auto"],
    default: "auto",
    group: GROUP,
    help: { en: "protocol to speak (auto)", "pt-BR": "protocolo a usar (auto)" },
  },
  timeout: {
    kind: "integer",
    placeholder: "SECONDS",
    minimum: 1,
    maximum: 86_400,
    group: GROUP,
    help: {
      en: "longest wait for a connection (10) or a silent server (90)",
      "pt-BR": "espera máxima por conexão (10) ou servidor em silêncio (90)",
    },
  },
  speed: {
    kind: "flag",
    group: GROUP,
    help: {
      en: "measure the speed both ways, for 3 s each; writes nothing",
      "pt-BR": "medir a velocidade nos dois sentidos, 3 s cada; não grava nada",
    },
  },
  scan: {
    kind: "integer",
    placeholder: "PORT",
    minimum: 1,
    maximum: 65_535,
    group: GROUP,
    help: {
      en: "also try this port of every address nearby; looks like an attack",
      "pt-BR": "tentar também esta porta em cada endereço próximo; parece um ataque",
    },
  },
  "no-find": {
    kind: "flag",
    group: GROUP,
    help: {
      en: "do not look for servers of the local network at the start",
      "pt-BR": "não procurar servidores da rede local no início",
    },
  },
} as const satisfies OptionTable;
