import type { DisconnectReason } from "../../server/config/events.ts";
import type { Text } from "../texts/language.ts";
import type { Locale } from "../texts/locale.ts";

/** Why a client is gone, for whoever reads the log. */
const REASONS: Readonly<Record<DisconnectReason, Text>> = {
  "quit": { en: "quit", "pt-BR": "despediu-se" },
  "ended": { en: "closed the connection", "pt-BR": "fechou a conexão" },
  "lost": { en: "the connection was lost", "pt-BR": "a conexão caiu" },
  "kicked": { en: "kicked", "pt-BR": "expulso" },
  "slow-consumer": {
    en: "reads too slowly (slow-consumer)",
    "pt-BR": "lê devagar demais (slow-consumer)",
  },
  "shutting-down": { en: "the server stops", "pt-BR": "o servidor está parando" },
  "too-large": { en: "sent a frame that is too large", "pt-BR": "enviou um quadro grande demais" },
  "too-slow": { en: "took too long for a frame", "pt-BR": "demorou demais para enviar um quadro" },
  "truncated": {
    en: "the connection broke off inside a frame",
    "pt-BR": "a conexão caiu no meio de um quadro",
  },
  "violation": { en: "broke the rules of the protocol", "pt-BR": "violou as regras do protocolo" },
  "refused": { en: "refused", "pt-BR": "recusado" },
  "silent": { en: "was silent for too long", "pt-BR": "ficou em silêncio por tempo demais" },
  "session-ended": { en: "its client is gone", "pt-BR": "o seu cliente saiu" },
  "unauthenticated": { en: "did not log in", "pt-BR": "não entrou com uma conta" },
  "internal": { en: "internal error", "pt-BR": "erro interno" },
};

/** Says why a client is gone. */
export function describeDisconnect(reason: DisconnectReason, { fill }: Locale): string {
  return fill(REASONS[reason]);
}
