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
  details: { en: "Details", "pt-BR": "Detalhes" },
  copy: { en: "Copy", "pt-BR": "Copiar" },
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
  connectAgain: { en: "Connect again", "pt-BR": "Conectar de novo" },
  refusedTitle: {
    en: "The server ended this connection",
    "pt-BR": "O servidor encerrou esta conexão",
  },
  blockedTitle: {
    en: "This browser opens the page, but not its connection",
    "pt-BR": "Este navegador abre a página, mas não a conexão",
  },
  blockedText: {
    en:
      "It does not trust the server's certificate. Use a certificate that this device trusts, or the server's http address if it has one.",
    "pt-BR":
      "Ele não confia no certificado do servidor. Use um certificado em que este dispositivo confia, ou o endereço http do servidor, se houver.",
  },
  connectionLost: { en: "The connection was lost", "pt-BR": "A conexão foi perdida" },
  fileUnreadable: {
    en: "The browser cannot read this file any more: choose it again",
    "pt-BR": "O navegador não consegue mais ler este arquivo: escolha de novo",
  },
  browserFull: {
    en: "The browser has no room for this file",
    "pt-BR": "O navegador não tem espaço para este arquivo",
  },
  aborted: { en: "Stopped", "pt-BR": "Interrompido" },
  settings: { en: "Settings", "pt-BR": "Configurações" },
  logIn: { en: "Log in", "pt-BR": "Entrar" },
  name: { en: "Name", "pt-BR": "Nome" },
  share: { en: "Share", "pt-BR": "Compartilhar" },
} as const satisfies Record<string, Text>;
