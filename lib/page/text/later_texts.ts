import type { Text } from "../../protocol/fill_text.ts";
import { LINK_TEXTS } from "./link_texts.ts";
import { STATE_TEXTS } from "./state_texts.ts";

/** The texts of the views that are loaded after the page: dialogs, menus, rows of transfers. */
export const LATER_TEXTS = {
  ...STATE_TEXTS,
  ...LINK_TEXTS,
  sendFiles: { en: "Send files", "pt-BR": "Enviar arquivos" },
  sendFolder: { en: "Send folder", "pt-BR": "Enviar pasta" },
  chooseFiles: { en: "Choose files", "pt-BR": "Escolher arquivos" },
  chooseFolder: { en: "Choose a folder", "pt-BR": "Escolher uma pasta" },
  newFolder: { en: "New folder", "pt-BR": "Nova pasta" },
  upload: { en: "Sent to the server", "pt-BR": "Enviado ao servidor" },
  download: { en: "From the server", "pt-BR": "Do servidor" },
  omitted: {
    en: "{count|# entry is|# entries are} not shown: the server cannot serve them",
    "pt-BR": "{count|# item|# itens} que o servidor não pode servir",
  },
  emptyFolder: { en: "This folder is empty", "pt-BR": "Esta pasta está vazia" },
  emptyFolderText: {
    en: "Drop files here, or choose some to send.",
    "pt-BR": "Solte arquivos aqui, ou escolha alguns para enviar.",
  },
  noMatch: { en: "Nothing matches the filter", "pt-BR": "Nada corresponde ao filtro" },
  noMatchText: { en: "Try fewer letters.", "pt-BR": "Tente menos letras." },
  folderFailed: { en: "This folder cannot be shown", "pt-BR": "Não é possível mostrar esta pasta" },
  noRoomTitle: { en: "You are in no room", "pt-BR": "Você não está em nenhuma sala" },
  noRoomText: {
    en: "Join one from the list, or make a new one.",
    "pt-BR": "Escolha uma da lista, ou crie uma nova.",
  },
  noChatTitle: { en: "No talk on this server", "pt-BR": "Sem conversa neste servidor" },
  noChatText: {
    en: "It serves files only.",
    "pt-BR": "Ele só serve arquivos.",
  },
  check: { en: "Check", "pt-BR": "Conferir" },
  size: { en: "Size", "pt-BR": "Tamanho" },
  modified: { en: "Changed", "pt-BR": "Alterado" },
  rename: { en: "Rename", "pt-BR": "Renomear" },
  delete: { en: "Delete", "pt-BR": "Excluir" },
  name: { en: "Name", "pt-BR": "Nome" },
  commands: {
    en:
      "/me TEXT · /msg NICK TEXT · /join ROOM · /part · /nick NAME · /topic TEXT · /away TEXT · /back · /whois NICK · /ignore NICK",
    "pt-BR":
      "/eu TEXTO · /privado APELIDO TEXTO · /entrar SALA · /deixar · /apelido NOME · /assunto TEXTO · /ausente TEXTO · /voltei · /quemé APELIDO · /ignorar APELIDO",
  },
  unknownCommand: {
    en: "Not sent: /{name} is no command here. /help lists them; to say it, begin with //.",
    "pt-BR":
      "Não enviado: /{name} não é um comando aqui. /ajuda os lista; para enviá-lo como texto, comece com //.",
  },
  commandUsage: {
    en: "Not sent: the command is {usage}. To say it, begin with //.",
    "pt-BR": "Não enviado: o comando é {usage}. Para enviá-lo como texto, comece com //.",
  },
  needsTlsTitle: {
    en: "This server is encrypted now",
    "pt-BR": "Este servidor agora usa criptografia",
  },
  needsTlsText: {
    en: "This page came unencrypted and cannot connect any more. What was not sent stays here.",
    "pt-BR":
      "Esta página veio sem criptografia e não conecta mais. O que não foi enviado fica aqui.",
  },
  noAnswerTitle: {
    en: "This server does not answer",
    "pt-BR": "Este servidor não responde",
  },
  noAnswerText: {
    en: "The page tries again by itself. The same rooms and files are at other servers:",
    "pt-BR":
      "A página tenta de novo sozinha. As mesmas salas e arquivos estão em outros servidores:",
  },
  movedTitle: {
    en: "The page goes on at another server",
    "pt-BR": "A página continua em outro servidor",
  },
  movedText: {
    en: "The one that it is from did not answer. To load it again, open it there:",
    "pt-BR": "O servidor de onde ela veio não respondeu. Para recarregá-la, abra-a lá:",
  },
  openAt: { en: "Open {url}", "pt-BR": "Abrir {url}" },
  noAddressTitle: {
    en: "No address for other devices is known",
    "pt-BR": "Nenhum endereço para outros dispositivos é conhecido",
  },
  noAddressText: {
    en:
      "The server listens on this device only, or this device is in no network. This address works here only:",
    "pt-BR":
      "O servidor só escuta neste dispositivo, ou ele não está em rede. Este endereço só funciona aqui:",
  },
  chosen: {
    en: "{shown} {count|selected|selected}",
    "pt-BR": "{shown} {count|selecionado|selecionados}",
  },
  chooseAll: { en: "Select all", "pt-BR": "Selecionar tudo" },
  chooseNone: { en: "Clear", "pt-BR": "Limpar" },
  getChosen: { en: "Get selected", "pt-BR": "Baixar seleção" },
  noFolders: {
    en: "This browser gets files only: open the folder.",
    "pt-BR": "Este navegador só baixa arquivos: abra a pasta.",
  },
  refusedTitle: {
    en: "The server ended this connection",
    "pt-BR": "O servidor encerrou esta conexão",
  },
  linkRefusedTitle: { en: "This link does not open", "pt-BR": "Este link não abre" },
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
  connectAgain: { en: "Connect again", "pt-BR": "Conectar de novo" },
  account: { en: "Account", "pt-BR": "Conta" },
  guest: { en: "none: a guest", "pt-BR": "nenhuma: convidado" },
  connectedSince: { en: "Connected since", "pt-BR": "Conectado desde" },
  away: { en: "Away", "pt-BR": "Ausente" },
  notHere: { en: "Not connected now.", "pt-BR": "Não está conectado agora." },
  didYouMean: { en: "Did you mean {name}?", "pt-BR": "Você quis dizer {name}?" },
  ignore: { en: "Ignore", "pt-BR": "Ignorar" },
  stopIgnoring: { en: "Stop ignoring", "pt-BR": "Deixar de ignorar" },
  ignoring: {
    en: "Messages from {nick} are hidden in this browser",
    "pt-BR": "As mensagens de {nick} ficam escondidas neste navegador",
  },
  notIgnoring: {
    en: "Messages from {nick} are shown again",
    "pt-BR": "As mensagens de {nick} aparecem de novo",
  },
  isIgnored: {
    en: "Messages from this person are not shown in this browser.",
    "pt-BR": "As mensagens desta pessoa não aparecem neste navegador.",
  },
  ignoreHint: {
    en: "Ignoring hides messages in this browser only; nobody is told.",
    "pt-BR": "Ignorar esconde mensagens só neste navegador; ninguém fica sabendo.",
  },
  writePrivately: { en: "Write privately", "pt-BR": "Escrever em particular" },
  nickTaken: {
    en: "{nick} is taken: another tab, device or person has it now.",
    "pt-BR": "{nick} está em uso: outra aba, dispositivo ou pessoa o tem agora.",
  },
  isAway: { en: "is away:", "pt-BR": "está ausente:" },
  keptUntil: {
    en: "does not answer: the message is kept until {time}",
    "pt-BR": "não responde: a mensagem fica guardada até {time}",
  },
  overall: { en: "Progress of all transfers", "pt-BR": "Progresso de todas as transferências" },
  progressOf: { en: "Progress of {name}", "pt-BR": "Progresso de {name}" },
  doneOf: { en: "{done} of {size}", "pt-BR": "{done} de {size}" },
  timeLeft: { en: "{time} left", "pt-BR": "faltam {time}" },
  resumedAt: { en: "went on at {size}", "pt-BR": "continuou em {size}" },
  pause: { en: "Pause", "pt-BR": "Pausar" },
  resume: { en: "Go on", "pt-BR": "Continuar" },
  cancelTransfer: { en: "Cancel", "pt-BR": "Cancelar" },
  remove: { en: "Remove from the list", "pt-BR": "Tirar da lista" },
  cancelAll: { en: "Cancel all", "pt-BR": "Cancelar tudo" },
  clearFinished: { en: "Clear finished", "pt-BR": "Limpar concluídos" },
  chooseAgain: { en: "Choose the file again", "pt-BR": "Escolher o arquivo de novo" },
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
  newFolderIn: { en: "It will be in {folder}.", "pt-BR": "Ela ficará em {folder}." },
  create: { en: "Create", "pt-BR": "Criar" },
  computing: { en: "The server is computing it…", "pt-BR": "O servidor está calculando…" },
  copySha256: { en: "Copy SHA-256", "pt-BR": "Copiar SHA-256" },
  copyLink: { en: "Copy link", "pt-BR": "Copiar link" },
  linkHint: {
    en: "Works in curl, wget and any browser.",
    "pt-BR": "Funciona no curl, no wget e em qualquer navegador.",
  },
  checkSaved: { en: "Check a saved copy", "pt-BR": "Conferir uma cópia salva" },
  newName: { en: "New name", "pt-BR": "Novo nome" },
  deleteTitle: { en: "Delete {name}?", "pt-BR": "Excluir {name}?" },
  deleteText: {
    en: "It is gone for everyone, and cannot be brought back.",
    "pt-BR": "Some para todos, e não há como recuperar.",
  },
  deleteFolder: {
    en: "The folder and all that is in it will be deleted.",
    "pt-BR": "A pasta e tudo o que há nela serão excluídos.",
  },
  deleteLeft: {
    en: "{count|# item|# items} could not be deleted, the rest was.",
    "pt-BR": "{count|# item não pôde ser excluído|# itens não puderam ser excluídos}; o resto foi.",
  },
  checkText: {
    en: "The SHA-256 of a file on this device, compared with the server's. The file is not sent.",
    "pt-BR":
      "O SHA-256 de um arquivo deste dispositivo, comparado com o do servidor. O arquivo não é enviado.",
  },
  chooseFileToCheck: { en: "File to check", "pt-BR": "Arquivo a conferir" },
  choose: { en: "Choose…", "pt-BR": "Escolher…" },
  hashing: { en: "Reading {name}…", "pt-BR": "Lendo {name}…" },
  checkRight: { en: "It is the server's {path}", "pt-BR": "É o {path} do servidor" },
  checkWrong: {
    en: "It differs from the server's {path}",
    "pt-BR": "Difere do {path} do servidor",
  },
  sameHash: {
    en: "Compared: the SHA-256 of the whole content. It is the same.",
    "pt-BR": "Comparado: o SHA-256 de todo o conteúdo. É o mesmo.",
  },
  noSameSize: {
    en: "Compared: the size. No file that was looked at has the same.",
    "pt-BR": "Comparado: o tamanho. Nenhum arquivo examinado tem o mesmo.",
  },
  comparedFiles: {
    en:
      "Compared: the SHA-256 of {compared|# file|# files}, of {sameSize|# that has|# that have} the same size.",
    "pt-BR":
      "Comparado: o SHA-256 de {compared|# arquivo|# arquivos}, de {sameSize|# que tem|# que têm} o mesmo tamanho.",
  },
  checkUnknown: {
    en: "No file of the server was found that has this SHA-256",
    "pt-BR": "Não foi encontrado no servidor um arquivo com este SHA-256",
  },
  cancel: { en: "Cancel", "pt-BR": "Cancelar" },
  copied: { en: "Copied", "pt-BR": "Copiado" },
  copyByHand: {
    en: "This browser copies only what is selected: press Ctrl+C.",
    "pt-BR": "Este navegador copia só o que está selecionado: pressione Ctrl+C.",
  },
  language: { en: "Language", "pt-BR": "Idioma" },
  theme: { en: "Theme", "pt-BR": "Tema" },
  themeSystem: { en: "System", "pt-BR": "Sistema" },
  themeLight: { en: "Light", "pt-BR": "Claro" },
  themeDark: { en: "Dark", "pt-BR": "Escuro" },
  logOut: { en: "Log out", "pt-BR": "Sair" },
  loggedInAs: { en: "Logged in as {name}", "pt-BR": "Você entrou como {name}" },
  password: { en: "Password", "pt-BR": "Senha" },
  loginRequired: {
    en: "This server lets in only people with an account.",
    "pt-BR": "Este servidor só aceita quem tem uma conta.",
  },
  loginSafe: {
    en: "The password itself is never sent.",
    "pt-BR": "A senha em si nunca é enviada.",
  },
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
