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
  cancel: { en: "Cancel", "pt-BR": "Cancelar" },
  details: { en: "Details", "pt-BR": "Detalhes" },
  copy: { en: "Copy", "pt-BR": "Copiar" },
  copied: { en: "Copied", "pt-BR": "Copiado" },
  copyByHand: {
    en: "This browser copies only what is selected: press Ctrl+C.",
    "pt-BR": "Este navegador copia só o que está selecionado: pressione Ctrl+C.",
  },
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
  language: { en: "Language", "pt-BR": "Idioma" },
  theme: { en: "Theme", "pt-BR": "Tema" },
  themeSystem: { en: "System", "pt-BR": "Sistema" },
  themeLight: { en: "Light", "pt-BR": "Claro" },
  themeDark: { en: "Dark", "pt-BR": "Escuro" },
  logIn: { en: "Log in", "pt-BR": "Entrar" },
  logOut: { en: "Log out", "pt-BR": "Sair" },
  loggedInAs: { en: "Logged in as {name}", "pt-BR": "Você entrou como {name}" },
  name: { en: "Name", "pt-BR": "Nome" },
  password: { en: "Password", "pt-BR": "Senha" },
  loginRequired: {
    en: "This server lets in only people with an account.",
    "pt-BR": "Este servidor só aceita quem tem uma conta.",
  },
  loginSafe: {
    en: "The password itself is never sent.",
    "pt-BR": "A senha em si nunca é enviada.",
  },
  share: { en: "Share", "pt-BR": "Compartilhar" },
  shareTitle: { en: "Join from another device", "pt-BR": "Entrar por outro dispositivo" },
  shareText: {
    en: "Scan the code, or open the address in any browser of the same network.",
    "pt-BR": "Leia o código, ou abra o endereço em qualquer navegador da mesma rede.",
  },
  sharePlace: { en: "Open at the folder {folder}", "pt-BR": "Abrir na pasta {folder}" },
  qrLabel: { en: "QR code of {text}", "pt-BR": "Código QR de {text}" },
  copyAddress: { en: "Copy address", "pt-BR": "Copiar endereço" },
  otherAddresses: { en: "Other addresses", "pt-BR": "Outros endereços" },
  fingerprint: { en: "Fingerprint of the key", "pt-BR": "Impressão digital da chave" },
  licenses: { en: "Licences", "pt-BR": "Licenças" },
  newVersion: {
    en: "The server has a newer page.",
    "pt-BR": "O servidor tem uma página mais nova.",
  },
  reload: { en: "Reload", "pt-BR": "Recarregar" },
} as const satisfies Record<string, Text>;
