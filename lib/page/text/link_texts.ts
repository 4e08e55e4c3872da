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
  linkCount: { en: "For how many people", "pt-BR": "Para quantas pessoas" },
  linkSize: { en: "For how many MB in all", "pt-BR": "Para quantos MB ao todo" },
  anyNumber: { en: "any number", "pt-BR": "qualquer número" },
  makeLink: { en: "Make a link", "pt-BR": "Criar link" },
  linkReady: {
    en: "Send this address to those who are to get it: it opens in a browser.",
    "pt-BR": "Envie este endereço a quem deve baixar: ele abre em um navegador.",
  },
  linkUntil: { en: "The link works until {time}.", "pt-BR": "O link vale até {time}." },
  linkClaim: {
    en:
      "Each counts when the first file begins, also if it breaks off, and may resume and repeat for an hour after the last one.",
    "pt-BR":
      "Cada pessoa conta quando o primeiro arquivo começa, mesmo que pare no meio, e pode retomar e repetir por uma hora após o último.",
  },
  linkNoTls: {
    en: "This server has no TLS: what is moved can be read on the way.",
    "pt-BR": "Este servidor não tem TLS: o que é transferido pode ser lido no caminho.",
  },
  linkOnce: {
    en: "It is shown only now.",
    "pt-BR": "Ele só aparece agora.",
  },
  copyLine: { en: "Copy line", "pt-BR": "Copiar linha" },
  askForFiles: { en: "Ask for files", "pt-BR": "Pedir arquivos" },
  askTitle: { en: "Ask for files into {folder}", "pt-BR": "Pedir arquivos para {folder}" },
  askText: {
    en:
      "Whoever has the link can send new files into this folder without an account. They see nothing of it and replace nothing; you are told of what comes in the talk.",
    "pt-BR":
      "Quem tiver o link pode enviar novos arquivos para esta pasta sem ter conta. Não vê nada dela nem substitui nada; a conversa avisa você do que chega.",
  },
  askReady: {
    en: "Send this address to those who are to send files: it opens in a browser.",
    "pt-BR": "Envie este endereço a quem deve mandar arquivos: ele abre em um navegador.",
  },
  inTerminal: { en: "In a terminal", "pt-BR": "Em um terminal" },
  someFiles: { en: "FILE...", "pt-BR": "ARQUIVO..." },
  sendTitle: { en: "Send files to {folder}", "pt-BR": "Enviar arquivos para {folder}" },
  sendText: {
    en: "You were asked for files. You see nothing of what is there, and replace nothing.",
    "pt-BR": "Pediram arquivos a você. Você não vê nada do que está lá nem substitui nada.",
  },
  getText: {
    en: "This was shared with you. Each file is checked when it has come.",
    "pt-BR": "Isto foi compartilhado com você. Cada arquivo é conferido ao chegar.",
  },
  getAll: { en: "Get all", "pt-BR": "Baixar tudo" },
  dropHere: {
    en: "Drop files or folders here, or choose some",
    "pt-BR": "Solte arquivos ou pastas aqui, ou escolha alguns",
  },
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
