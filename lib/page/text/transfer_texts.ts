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
  overall: { en: "Progress of all transfers", "pt-BR": "Progresso de todas as transferências" },
  progressOf: { en: "Progress of {name}", "pt-BR": "Progresso de {name}" },
  doneOf: { en: "{done} of {size}", "pt-BR": "{done} de {size}" },
  timeLeft: { en: "{time} left", "pt-BR": "faltam {time}" },
  resumedAt: { en: "went on at {size}", "pt-BR": "continuou em {size}" },
  activeCount: {
    en: "{count|# under way|# under way}",
    "pt-BR": "{count|# em andamento|# em andamento}",
  },
  doneCount: { en: "{count|# verified|# verified}", "pt-BR": "{count|# verificado|# verificados}" },
  failedCount: { en: "{count|# failed|# failed}", "pt-BR": "{count|# falhou|# falharam}" },
  pause: { en: "Pause", "pt-BR": "Pausar" },
  resume: { en: "Go on", "pt-BR": "Continuar" },
  cancelTransfer: { en: "Cancel", "pt-BR": "Cancelar" },
  remove: { en: "Remove from the list", "pt-BR": "Tirar da lista" },
  cancelAll: { en: "Cancel all", "pt-BR": "Cancelar tudo" },
  clearFinished: { en: "Clear finished", "pt-BR": "Limpar concluídos" },
  chooseAgain: { en: "Choose the file again", "pt-BR": "Escolher o arquivo de novo" },
  check: { en: "Check", "pt-BR": "Conferir" },
  conflictText: {
    en: "Another file has this name. What shall become of yours?",
    "pt-BR": "Outro arquivo tem esse nome. O que fazer com o seu?",
  },
  skipFile: { en: "Skip", "pt-BR": "Pular" },
  replaceFile: { en: "Replace", "pt-BR": "Substituir" },
  keepBoth: { en: "Keep both", "pt-BR": "Manter os dois" },
  forAll: { en: "For all", "pt-BR": "Para todos" },
  tellStarted: { en: "{name}: started", "pt-BR": "{name}: começou" },
  tellVerified: { en: "{name}: verified", "pt-BR": "{name}: verificado" },
  tellFailed: { en: "{name}: failed", "pt-BR": "{name}: falhou" },
  tellProgress: { en: "{percent} % done", "pt-BR": "{percent} % concluído" },
} as const satisfies Record<string, Text>;
