import type { Text } from "../../protocol/fill_text.ts";
import type { TransferState } from "../model/page_model.ts";

/** The name of each state of a transfer. */
const STATE_TEXTS = {
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

/** The texts of the transfers. */
export const TRANSFER_TEXTS = {
  ...STATE_TEXTS,
  noTransfers: { en: "Nothing under way", "pt-BR": "Nada em andamento" },
  noTransfersText: {
    en: "Files that you send or get appear here.",
    "pt-BR": "Os arquivos que você envia ou baixa aparecem aqui.",
  },
  upload: { en: "Sent to the server", "pt-BR": "Enviado ao servidor" },
  download: { en: "From the server", "pt-BR": "Do servidor" },
  activeCount: {
    en: "{count|# under way|# under way}",
    "pt-BR": "{count|# em andamento|# em andamento}",
  },
  doneCount: { en: "{count|# verified|# verified}", "pt-BR": "{count|# verificado|# verificados}" },
  failedCount: { en: "{count|# failed|# failed}", "pt-BR": "{count|# falhou|# falharam}" },
  check: { en: "Check", "pt-BR": "Conferir" },
} as const satisfies Record<string, Text>;
