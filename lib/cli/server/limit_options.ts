import { LIMITS, PACE_LIMITS } from "../../protocol/limits.ts";
import type { OptionTable } from "../options/options.ts";

const LIMITS_GROUP = "limits";

/** The server's options that limit what clients take of it. */
export const LIMIT_OPTIONS = {
  "max-clients": {
    kind: "integer",
    placeholder: "N",
    minimum: 1,
    maximum: 1_000_000,
    default: LIMITS.clients,
    group: LIMITS_GROUP,
    help: {
      en: `clients at once (${LIMITS.clients})`,
      "pt-BR": `clientes ao mesmo tempo (${LIMITS.clients})`,
    },
  },
  "max-per-address": {
    kind: "integer",
    placeholder: "N",
    maximum: 1_000_000,
    default: LIMITS.clientsPerAddress,
    group: LIMITS_GROUP,
    help: {
      en: `clients from one address (${LIMITS.clientsPerAddress}); 0 for no limit`,
      "pt-BR": `clientes de um endereço (${LIMITS.clientsPerAddress}); 0 para sem limite`,
    },
  },
  "max-workers": {
    kind: "integer",
    placeholder: "N",
    minimum: 1,
    maximum: 1_024,
    default: LIMITS.workers,
    group: LIMITS_GROUP,
    help: {
      en: `threads that move files (${LIMITS.workers})`,
      "pt-BR": `threads que movem arquivos (${LIMITS.workers})`,
    },
  },
  bwlimit: {
    kind: "rate",
    placeholder: "RATE",
    minimum: PACE_LIMITS.bytesPerSecond,
    group: LIMITS_GROUP,
    help: {
      en: "file data a second, each way, such as 10M (no limit)",
      "pt-BR": "dados de arquivos por segundo e sentido, como 10M (sem limite)",
    },
  },
  "bwlimit-client": {
    kind: "rate",
    placeholder: "RATE",
    minimum: PACE_LIMITS.bytesPerSecond,
    group: LIMITS_GROUP,
    help: {
      en: "the same for each client, whatever its connections",
      "pt-BR": "o mesmo para cada cliente, com todas as suas conexões",
    },
  },
  "chat-rate": {
    kind: "integer",
    placeholder: "N",
    maximum: 1_000_000,
    default: LIMITS.chatPerSecond,
    group: LIMITS_GROUP,
    help: {
      en: `messages a second per client (${LIMITS.chatPerSecond}); 0 for no limit`,
      "pt-BR": `mensagens por segundo por cliente (${LIMITS.chatPerSecond}); 0 para sem limite`,
    },
  },
  history: {
    kind: "integer",
    placeholder: "N",
    maximum: 10_000_000,
    default: LIMITS.historyMessages,
    group: LIMITS_GROUP,
    help: {
      en: `messages kept per room (${LIMITS.historyMessages}); 0 keeps none`,
      "pt-BR": `mensagens guardadas por sala (${LIMITS.historyMessages}); 0 não guarda nenhuma`,
    },
  },
} as const satisfies OptionTable;
