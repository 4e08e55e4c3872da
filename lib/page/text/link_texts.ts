import type { Text } from "../../protocol/fill_text.ts";

/** The texts of links, by which others come without an account. */
export const LINK_TEXTS = {
  shareByLink: { en: "Share by a link", "pt-BR": "Compartilhar por link" },
  linkTitle: { en: "Share {name}", "pt-BR": "Compartilhar {name}" },
  linkText: {
    en: "Whoever has the link can get this without an account.",
    "pt-BR": "Quem tiver o link pode baixar isto sem ter conta.",
  },
  linkLife: { en: "How long it works", "pt-BR": "Por quanto tempo vale" },
  hours: { en: "{count|# hour|# hours}", "pt-BR": "{count|# hora|# horas}" },
  days: { en: "{count|# day|# days}", "pt-BR": "{count|# dia|# dias}" },
  linkCount: { en: "For how many receivers", "pt-BR": "Para quantos destinatários" },
  anyNumber: { en: "any number", "pt-BR": "qualquer número" },
  makeLink: { en: "Make a link", "pt-BR": "Criar link" },
  linkReady: { en: "Send this line to the receiver", "pt-BR": "Envie esta linha ao destinatário" },
  linkUntil: { en: "It works until {time}.", "pt-BR": "Vale até {time}." },
  linkRun: {
    en:
      "The receiver runs it in a terminal. In the project's folder, deno run -A client.ts stands in place of tcp-chat.",
    "pt-BR":
      "O destinatário a roda em um terminal. Na pasta do projeto, deno run -A client.ts vai no lugar de tcp-chat.",
  },
  linkClaim: {
    en:
      "A receiver counts when the first file begins, also if it breaks off, and may resume and repeat for an hour after the last one.",
    "pt-BR":
      "Um destinatário conta quando o primeiro arquivo começa, mesmo que pare no meio, e pode retomar e repetir por uma hora após o último.",
  },
  linkNoTls: {
    en: "This server has no TLS: what is moved can be read on the way.",
    "pt-BR": "Este servidor não tem TLS: o que é transferido pode ser lido no caminho.",
  },
  linkHere: {
    en: "{host} is this machine: others need another address of it in its place.",
    "pt-BR": "{host} é esta máquina: outros precisam de outro endereço dela no lugar.",
  },
  linkOnce: {
    en: "The line is shown only now.",
    "pt-BR": "A linha só aparece agora.",
  },
  copyLine: { en: "Copy line", "pt-BR": "Copiar linha" },
  links: { en: "My links", "pt-BR": "Meus links" },
  noLinks: { en: "There are no links.", "pt-BR": "Não há links." },
  linkGet: { en: "to get", "pt-BR": "para baixar" },
  linkPut: { en: "to send", "pt-BR": "para enviar" },
  linkWorks: { en: "until {time}", "pt-BR": "até {time}" },
  expired: { en: "expired", "pt-BR": "expirado" },
  used: { en: "used up", "pt-BR": "esgotado" },
  revoked: { en: "taken back", "pt-BR": "cancelado" },
  linkLeft: { en: "{left} of {count} left", "pt-BR": "restam {left} de {count}" },
  takeBack: { en: "Take back", "pt-BR": "Cancelar link" },
  takeBackOf: { en: "Take back the link to {path}", "pt-BR": "Cancelar link de {path}" },
  takenBack: {
    en: "The link to {path} is taken back",
    "pt-BR": "O link de {path} foi cancelado",
  },
} as const satisfies Record<string, Text>;
