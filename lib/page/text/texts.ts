import type { Text } from "../../protocol/fill_text.ts";
import { FILE_TEXTS } from "./file_texts.ts";
import { TALK_TEXTS } from "./talk_texts.ts";
import { TRANSFER_TEXTS } from "./transfer_texts.ts";

/** The texts of the page. */
export const TEXTS = {
  ...TALK_TEXTS,
  ...FILE_TEXTS,
  ...TRANSFER_TEXTS,
  talk: { en: "Talk", "pt-BR": "Conversa" },
  files: { en: "Files", "pt-BR": "Arquivos" },
  transfers: { en: "Transfers", "pt-BR": "Transferências" },
  views: { en: "Views", "pt-BR": "Seções" },
  skip: { en: "Skip to the content", "pt-BR": "Ir para o conteúdo" },
  close: { en: "Close", "pt-BR": "Fechar" },
  connecting: { en: "Connecting…", "pt-BR": "Conectando…" },
  connected: { en: "Connected", "pt-BR": "Conectado" },
  notLoggedIn: { en: "Not logged in", "pt-BR": "Sem login" },
  reconnectsIn: {
    en: "No connection – again in {seconds} s",
    "pt-BR": "Sem conexão – de novo em {seconds} s",
  },
  reconnects: { en: "No connection – trying again…", "pt-BR": "Sem conexão – tentando de novo…" },
  refused: { en: "Disconnected", "pt-BR": "Desconectado" },
  blocked: { en: "Blocked by the browser", "pt-BR": "Bloqueado pelo navegador" },
  tryNow: { en: "Try now", "pt-BR": "Tentar agora" },
  tryAgain: { en: "Try again", "pt-BR": "Tentar de novo" },
  connectionLost: { en: "The connection was lost", "pt-BR": "A conexão foi perdida" },
  fileUnreadable: {
    en: "The browser cannot read this file any more: choose it again",
    "pt-BR": "O navegador não consegue mais ler este arquivo: escolha de novo",
  },
  browserFull: {
    en: "There is not enough space for this file: free some, then try again",
    "pt-BR": "Não há espaço para este arquivo: libere algum e tente de novo",
  },
  partMissing: {
    en: "Part of the page could not be loaded",
    "pt-BR": "Parte da página não pôde ser carregada",
  },
  aborted: { en: "Stopped", "pt-BR": "Interrompido" },
  settings: { en: "Settings", "pt-BR": "Configurações" },
  logIn: { en: "Log in", "pt-BR": "Entrar" },
  share: { en: "Share", "pt-BR": "Compartilhar" },
} as const satisfies Record<string, Text>;
