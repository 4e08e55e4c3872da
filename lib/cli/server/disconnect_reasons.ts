import type { DisconnectReason } from "../../server/config/events.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";

/** Why a client is no longer connected, as the log tells it. */
const REASONS: Readonly<Record<DisconnectReason, Text>> = {
  "quit": { en: "quit", "pt-BR": "pediu para sair" },
  "ended": { en: "closed the connection", "pt-BR": "fechou a conexão" },
  "lost": { en: "the connection was lost", "pt-BR": "a conexão caiu" },
  "kicked": { en: "kicked", "pt-BR": "removido" },
  "slow-consumer": {
    en: "reads too slowly (slow-consumer)",
    "pt-BR": "lê devagar demais (slow-consumer)",
  },
  "shutting-down": {
    en: "the server is shutting down",
    "pt-BR": "o servidor está sendo encerrado",
  },
  "too-large": { en: "sent a frame that is too large", "pt-BR": "enviou um quadro grande demais" },
  "too-slow": { en: "took too long for a frame", "pt-BR": "demorou demais para enviar um quadro" },
  "truncated": {
    en: "the connection broke off inside a frame",
    "pt-BR": "a conexão caiu no meio de um quadro",
  },
  "violation": { en: "violated the protocol", "pt-BR": "violou o protocolo" },
  "refused": { en: "refused", "pt-BR": "recusado" },
  "silent": { en: "was silent for too long", "pt-BR": "ficou em silêncio por tempo demais" },
  "session-ended": {
    en: "its main connection ended",
    "pt-BR": "a conexão principal terminou",
  },
  "unauthenticated": { en: "did not log in", "pt-BR": "não fez login" },
  "internal": { en: "internal error", "pt-BR": "erro interno" },
};

/** Why a client is no longer connected, in the words of the log. */
export function describeDisconnect(reason: DisconnectReason, { fill }: Locale): string {
  return fill(REASONS[reason]);
}
