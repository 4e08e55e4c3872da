import type { Text } from "../../protocol/fill_text.ts";

/** The texts of the transfers. */
export const TRANSFER_TEXTS = {
  noTransfers: { en: "Nothing under way", "pt-BR": "Nada em andamento" },
  noTransfersText: {
    en: "Files that you send or get appear here.",
    "pt-BR": "Os arquivos que você envia ou baixa aparecem aqui.",
  },
  activeCount: {
    en: "{count|# under way|# under way}",
    "pt-BR": "{count|# em andamento|# em andamento}",
  },
  doneCount: { en: "{count|# verified|# verified}", "pt-BR": "{count|# verificado|# verificados}" },
  failedCount: { en: "{count|# failed|# failed}", "pt-BR": "{count|# falhou|# falharam}" },
} as const satisfies Record<string, Text>;
