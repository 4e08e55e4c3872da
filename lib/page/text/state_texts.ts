import type { Text } from "../../protocol/fill_text.ts";
import type { TransferState } from "../model/page_model.ts";

/** The name of each state of a transfer. */
export const STATE_TEXTS = {
  "waiting": { en: "waiting", "pt-BR": "aguardando" },
  "moving": { en: "moving", "pt-BR": "transferindo" },
  "checking": { en: "checking", "pt-BR": "conferindo" },
  "verified": { en: "verified", "pt-BR": "verificado" },
  "failed": { en: "failed", "pt-BR": "falhou" },
  "paused": { en: "paused", "pt-BR": "pausado" },
  "exists": { en: "exists already", "pt-BR": "já existe" },
  "needs-file": { en: "needs the file again", "pt-BR": "precisa do arquivo de novo" },
  "offline": { en: "waiting for the connection", "pt-BR": "aguardando a conexão" },
  "unchecked": { en: "saved, not checked", "pt-BR": "salvo, não conferido" },
} as const satisfies Record<TransferState, Text>;
