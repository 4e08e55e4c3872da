import type { Language, RequestErrorReason } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** The text of each reason that is about a path. */
export const PATH_REASON_TEXTS: Readonly<
  Record<Extract<RequestErrorReason, `path-${string}`>, Readonly<Record<Language, string>>>
> = {
  "path-alike": {
    en: "Another name here differs from this one only in letter case or spelling",
    "pt-BR": "Outro nome aqui difere deste só em maiúsculas e minúsculas ou na grafia",
  },
  "path-character": {
    en:
      'This name holds a character that is not allowed: \\, a control character, or on Windows one of : * ? " < > |',
    "pt-BR":
      'Este nome tem um caractere que não é permitido: \\, um caractere de controle ou, no Windows, um de : * ? " < > |',
  },
  "path-component-long": {
    en: `This name is longer than ${LIMITS.nameBytes} bytes`,
    "pt-BR": `Este nome tem mais de ${LIMITS.nameBytes} bytes`,
  },
  "path-device": {
    en: "This is the name of a device on Windows",
    "pt-BR": "Este é o nome de um dispositivo no Windows",
  },
  "path-dots": {
    en: "Paths with . or .. are not allowed",
    "pt-BR": "Caminhos com . ou .. não são permitidos",
  },
  "path-empty": {
    en: "The path must not be empty, absolute, or hold //",
    "pt-BR": "O caminho não pode ser vazio, absoluto nem ter //",
  },
  "path-ending": {
    en: "Names on Windows must not end in a dot or a space",
    "pt-BR": "Nomes no Windows não podem terminar em ponto ou espaço",
  },
  "path-inside": {
    en: "A folder cannot be moved into itself",
    "pt-BR": "Uma pasta não pode ser movida para dentro de si mesma",
  },
  "path-long": {
    en: `The path is longer than ${LIMITS.pathBytes} bytes`,
    "pt-BR": `O caminho tem mais de ${LIMITS.pathBytes} bytes`,
  },
  "path-other-disk": {
    en: "The new place is on another disk of the server: fetch it and send it there instead",
    "pt-BR": "O novo lugar fica em outro disco do servidor: busque e envie para lá",
  },
  "path-outside": {
    en: "This path leads out of the served folder",
    "pt-BR": "Este caminho leva para fora da pasta servida",
  },
  "path-reserved": { en: "This name is reserved", "pt-BR": "Este nome é reservado" },
  "path-slash": { en: "This name holds a /", "pt-BR": "Este nome tem uma /" },
  "path-unicode": {
    en: "This name is not valid Unicode",
    "pt-BR": "Este nome não é Unicode válido",
  },
};
