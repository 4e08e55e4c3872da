import { LIMITS } from "../protocol/limits.ts";
import { fill, type Text } from "../protocol/fill_text.ts";

/** The texts of answers to requests that fail, beside those of a `RequestError`. */
export const HTTP_TEXTS = {
  nothingThere: {
    en: "There is nothing at this address",
    "pt-BR": "Não há nada neste endereço",
  },
  linkOver: {
    en: "This link has expired, or is of another file: copy it again",
    "pt-BR": "Este link expirou ou é de outro arquivo: copie-o de novo",
  },
  noSuchBytes: {
    en: "The file has no such bytes",
    "pt-BR": "O arquivo não tem esses bytes",
  },
  otherState: {
    en: "The file has changed meanwhile",
    "pt-BR": "O arquivo mudou nesse meio-tempo",
  },
  methods: {
    en: "Only GET and HEAD are answered",
    "pt-BR": "Só GET e HEAD são respondidos",
  },
  body: {
    en: "A request with a body is not taken here",
    "pt-BR": "Aqui não se aceita requisição com corpo",
  },
  version: {
    en: "Only HTTP/1.1 is spoken here",
    "pt-BR": "Aqui só se fala HTTP/1.1",
  },
  cutOff: {
    en: "The request is cut off",
    "pt-BR": "A requisição está cortada",
  },
  longHead: {
    en: `The head of the request has more than ${LIMITS.httpHeadBytes} bytes`,
    "pt-BR": `O cabeçalho da requisição tem mais de ${LIMITS.httpHeadBytes} bytes`,
  },
  otherPage: {
    en: "This page may not connect to this server",
    "pt-BR": "Esta página não pode se conectar a este servidor",
  },
  webSocketsOnly: {
    en: "This address takes WebSockets only",
    "pt-BR": "Este endereço só aceita WebSockets",
  },
  webSocketKey: {
    en: "The key of the WebSocket is malformed",
    "pt-BR": "A chave do WebSocket está malformada",
  },
} as const satisfies Readonly<Record<string, Text>>;

const MALFORMED = {
  en: "The request is malformed: {what}",
  "pt-BR": "A requisição está malformada: {what}",
} as const satisfies Text;

/** A request is malformed. @param what in both languages, or the name of a header */
export function malformedText(what: Text | string): Text {
  const { en, "pt-BR": pt } = typeof what === "string" ? { en: what, "pt-BR": what } : what;
  return {
    en: fill(MALFORMED, "en", { what: en }),
    "pt-BR": fill(MALFORMED, "pt-BR", { what: pt }),
  };
}

/** The server is asked for under a name that is not its own. @param name as `parseHost` returns it */
export function otherHostText(name: string): Text {
  return {
    en: `This server does not answer to ${name}: start it with --web-host ${name}`,
    "pt-BR": `Este servidor não responde por ${name}: inicie-o com --web-host ${name}`,
  };
}
