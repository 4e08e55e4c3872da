import type { Text } from "../../protocol/fill_text.ts";

/** The texts of the client's program. */
export const CLIENT_TEXTS = {
  askHost: { en: "Server [{host}]: ", "pt-BR": "Servidor [{host}]: " },
  noServer: {
    en: "{address} does not answer like a tcp-chat server: {reason}",
    "pt-BR": "{address} não responde como um servidor tcp-chat: {reason}",
  },
  askPort: { en: "Port [{port}]: ", "pt-BR": "Porta [{port}]: " },
  connectedTo: {
    en: "Connected to {address}. Type help for the commands.",
    "pt-BR": "Conectado a {address}. Digite ajuda para ver os comandos.",
  },
  listeningTo: {
    en: "Listening to {address}. Ctrl-C stops.",
    "pt-BR": "Escutando {address}. Ctrl-C encerra.",
  },
  interrupted: {
    en: "Interrupted. Incomplete files stay in .tcp-chat, to be continued.",
    "pt-BR": "Interrompido. Arquivos incompletos ficam em .tcp-chat, para continuar depois.",
  },
  left: { en: "Goodbye.", "pt-BR": "Até logo." },
  done: {
    en: "{file}: {size}, SHA-256 verified{sha256}",
    "pt-BR": "{file}: {size}, SHA-256 verificado{sha256}",
  },
  skipped: {
    en: "{file}: already there, SHA-256 verified{sha256}",
    "pt-BR": "{file}: já existe, SHA-256 verificado{sha256}",
  },
  sent: {
    en: "{file}: {size} sent, SHA-256 verified{sha256}",
    "pt-BR": "{file}: enviado, {size}, SHA-256 verificado{sha256}",
  },
  skippedThere: {
    en: "{file}: already on the server, SHA-256 verified{sha256}",
    "pt-BR": "{file}: já está no servidor, SHA-256 verificado{sha256}",
  },
  resumedAt: { en: "resumed at {size}", "pt-BR": "retomado em {size}" },
  isDifferent: { en: "different  {path}", "pt-BR": "diferente  {path}" },
  isMissing: { en: "missing    {path}", "pt-BR": "falta      {path}" },
  isExtra: { en: "only here  {path}", "pt-BR": "só aqui    {path}" },
  sameCount: {
    en: "{same|# file is the same|# files are the same}",
    "pt-BR": "{same|# arquivo é igual|# arquivos são iguais}",
  },
  differentCount: {
    en: "{count|# is different|# are different}",
    "pt-BR": "{count|# é diferente|# são diferentes}",
  },
  missingCount: {
    en: "{count|# is missing|# are missing}",
    "pt-BR": "{count|# falta|# faltam}",
  },
  extraCount: {
    en: "{count|# is only here|# are only here}",
    "pt-BR": "{count|# só está aqui|# só estão aqui}",
  },
  modified: { en: "modified {time}", "pt-BR": "modificado em {time}" },
  sizeExact: {
    en: "{size} ({bytes|# byte|# bytes})",
    "pt-BR": "{size} ({bytes|# byte|# bytes})",
  },
  sending: { en: "Sending {path} …", "pt-BR": "Enviando {path} …" },
  receiving: { en: "Receiving {path} …", "pt-BR": "Recebendo {path} …" },
  receivedSum: {
    en: "{path}: {files|# file|# files}, {size}, SHA-256 verified",
    "pt-BR": "{path}: {files|# arquivo|# arquivos}, {size}, SHA-256 verificado",
  },
  sentSum: {
    en: "{path}: {files|# file|# files} sent, {size}, SHA-256 verified",
    "pt-BR": "{path}: {files|# arquivo enviado|# arquivos enviados}, {size}, SHA-256 verificado",
  },
  failedSum: {
    en: "{failed|# file|# files} failed",
    "pt-BR": "{failed|# arquivo falhou|# arquivos falharam}",
  },
  folderShared: {
    en: "shared the folder {path} ({files|# file|# files}, {size}); get {path} fetches it",
    "pt-BR":
      "compartilhou a pasta {path} ({files|# arquivo|# arquivos}, {size}); para buscar: arquivo {path}",
  },
  changedSince: {
    en: "{path} has changed since it was shared; this is the present one",
    "pt-BR": "{path} mudou desde que foi compartilhado; este é o atual",
  },
  action: { en: "* {nick} {text}", "pt-BR": "* {nick} {text}" },
  whois: {
    en: "{nick}{user}: here since {since}, in {rooms}",
    "pt-BR": "{nick}{user}: aqui desde {since}, em {rooms}",
  },
  awayNote: { en: ", away: {text}", "pt-BR": ", ausente: {text}" },
  isAway: { en: "{nick} is away: {text}", "pt-BR": "{nick} está ausente: {text}" },
  youAreAway: {
    en: "You are away: {text}. back ends it.",
    "pt-BR": "Você está ausente: {text}. voltei encerra.",
  },
  youAreBack: { en: "You are back.", "pt-BR": "Você está de volta." },
  topicOf: {
    en: "Topic of #{room}: {text} ({nick}, {time})",
    "pt-BR": "Assunto de #{room}: {text} ({nick}, {time})",
  },
  noTopic: { en: "#{room} has no topic", "pt-BR": "#{room} não tem assunto" },
  topicSet: {
    en: "{nick} set the topic: {text}",
    "pt-BR": "{nick} mudou o assunto: {text}",
  },
  topicRemoved: { en: "{nick} removed the topic", "pt-BR": "{nick} removeu o assunto" },
  noSuchNick: {
    en: "No client has the nick {nick}",
    "pt-BR": "Nenhum cliente tem o apelido {nick}",
  },
  ignoring: {
    en: "Messages of {nick} are hidden; the same command shows them again",
    "pt-BR": "As mensagens de {nick} ficam ocultas; o mesmo comando volta a mostrá-las",
  },
  notIgnoring: {
    en: "Messages of {nick} are shown again",
    "pt-BR": "As mensagens de {nick} voltam a aparecer",
  },
  ignored: { en: "Hidden: {nicks}", "pt-BR": "Ocultos: {nicks}" },
  noneIgnored: { en: "No messages are hidden.", "pt-BR": "Nenhuma mensagem é ocultada." },
  noChat: {
    en: "This server has no chat for you; files work.",
    "pt-BR": "Este servidor não tem chat para você; arquivos funcionam.",
  },
  chatHint: {
    en: "chat TEXT sends a message; talk makes every line one.",
    "pt-BR": "chat TEXTO envia uma mensagem; conversar faz de cada linha uma.",
  },
  hereNow: { en: "In #{room}: {members}", "pt-BR": "Em #{room}: {members}" },
  transferUnderWay: {
    en: "Transfers are still running: leaving when they are done. Ctrl-C leaves at once.",
    "pt-BR": "Ainda há transferências em curso: saindo quando terminarem. Ctrl-C sai já.",
  },
  filesOf: { en: "{done} of {total} files", "pt-BR": "{done} de {total} arquivos" },
  leftOut: { en: "{path}: left out: {reason}", "pt-BR": "{path}: ficou de fora: {reason}" },
  leftOutCount: {
    en: "{count|# item was|# items were} left out",
    "pt-BR": "{count|# item ficou|# itens ficaram} de fora",
  },
  leftOut_busy: {
    en: "it is in use, or an unfinished upload is in it",
    "pt-BR": "está em uso, ou há nela um envio inacabado",
  },
  leftOut_denied: {
    en: "it cannot be read",
    "pt-BR": "não pode ser lido",
  },
  leftOut_folderLink: {
    en: "a link to a folder; name it to follow it",
    "pt-BR": "um link para uma pasta; nomeie-o para segui-lo",
  },
  leftOut_link: {
    en: "a link that leads nowhere, or out of the folder",
    "pt-BR": "um link que não leva a nada, ou para fora da pasta",
  },
  leftOut_linkLoop: {
    en: "a link to a folder that it is in",
    "pt-BR": "um link para uma pasta em que ele está",
  },
  leftOut_linkSkipped: {
    en: "a link; --links follow follows it",
    "pt-BR": "um link; --links follow o segue",
  },
  leftOut_name: { en: "the name is not allowed", "pt-BR": "o nome não é permitido" },
  leftOut_notEmpty: { en: "it is not empty", "pt-BR": "não está vazia" },
  leftOut_own: {
    en: "kept by tcp-chat for itself",
    "pt-BR": "guardado pelo tcp-chat para si",
  },
  leftOut_sameName: {
    en: "another name is the same but for its Unicode spelling",
    "pt-BR": "outro nome só difere na grafia Unicode",
  },
  leftOut_special: {
    en: "neither a file nor a folder",
    "pt-BR": "nem arquivo nem pasta",
  },
  leftOut_unicode: { en: "the name is not UTF-8", "pt-BR": "o nome não é UTF-8" },
  leftOut_unknown: { en: "it cannot be fetched", "pt-BR": "não pode ser buscado" },
  seeHelpOption: { en: "--help lists the commands.", "pt-BR": "--help lista os comandos." },
  commandFirst: {
    en: "The command comes first: {command} {server} …",
    "pt-BR": "O comando vem primeiro: {command} {server} …",
  },
  seeHelp: {
    en: "Type help for the commands.",
    "pt-BR": "Digite ajuda para ver os comandos.",
  },
  talking: {
    en: "Every line is chat now, unless it starts with /. {word} ends this.",
    "pt-BR": "Agora cada linha é chat, a não ser que comece com /. {word} encerra isso.",
  },
  notTalking: { en: "Lines are commands again.", "pt-BR": "As linhas voltam a ser comandos." },
  quitAlone: {
    en: "quit alone leaves the server; part ROOM leaves a room",
    "pt-BR": "sair sozinho deixa o servidor; deixar SALA sai de uma sala",
  },
  commandUsage: { en: "Usage: {usage}", "pt-BR": "Uso: {usage}" },
  // The chat
  shared: {
    en: "{nick} shared [{number}] {path} ({size}); get {number} fetches it",
    "pt-BR": "{nick} compartilhou [{number}] {path} ({size}); para buscar: arquivo {number}",
  },
  sharedLine: {
    en: "shared {number}: {path} ({size})",
    "pt-BR": "compartilhou {number}: {path} ({size})",
  },
  joined: { en: "{nick} joined", "pt-BR": "{nick} entrou" },
  parted: { en: "{nick} left", "pt-BR": "{nick} saiu" },
  renamed: { en: "{old} is now {nick}", "pt-BR": "{old} agora é {nick}" },
  privately: { en: "{from} to {to}, privately", "pt-BR": "{from} para {to}, em privado" },
  serverStops: {
    en: "The server is shutting down.",
    "pt-BR": "O servidor está sendo encerrado.",
  },
  offline: {
    en: "{reason}. Reconnecting until it is back; quit leaves.",
    "pt-BR": "{reason}. Reconectando até ele voltar; sair encerra.",
  },
  offlineOfSeveral: {
    en: "{reason}. Reconnecting, here or at another server; quit leaves.",
    "pt-BR": "{reason}. Reconectando, aqui ou em outro servidor; sair encerra.",
  },
  nextAttempt: {
    en: "No connection. Next attempt in {seconds} s …",
    "pt-BR": "Sem conexão. Nova tentativa em {seconds} s …",
  },
  online: { en: "Connected again.", "pt-BR": "Conectado de novo." },
  onlineElsewhere: {
    en: "Connected again, now to {address}.",
    "pt-BR": "Conectado de novo, agora a {address}.",
  },
  unreadDropped: {
    en: "The reader took too long: {count|# message is|# messages are} missing here",
    "pt-BR": "O leitor demorou demais: {count|falta # mensagem|faltam # mensagens} aqui",
  },
  missed: {
    en: "#{room}: {count|# message is|# messages are} no longer kept",
    "pt-BR": "#{room}: {count|# mensagem não é mais guardada|# mensagens não são mais guardadas}",
  },
  notInRoom: {
    en: "You are not in a room; join ROOM enters one",
    "pt-BR": "Você não está em nenhuma sala; entrar SALA entra numa",
  },
  nowIn: {
    en: "You are now in #{room}: {members}",
    "pt-BR": "Você agora está em #{room}: {members}",
  },
  leftRoom: { en: "You left #{room}", "pt-BR": "Você saiu de #{room}" },
  nickIs: { en: "You are now {nick}", "pt-BR": "Você agora é {nick}" },
  otherNick: {
    en: "{wanted} is still in use: you are {nick} until it is free.",
    "pt-BR": "{wanted} ainda está em uso: você é {nick} até ficar livre.",
  },
  yourNick: { en: "You are {nick}.", "pt-BR": "Você é {nick}." },
  memberSince: {
    en: "{nick}{user}, since {since}",
    "pt-BR": "{nick}{user}, desde {since}",
  },
  noHistory: { en: "no messages yet", "pt-BR": "nenhuma mensagem ainda" },
  pasted: {
    en: "{count} lines were pasted. Send them as one message? [y/N] ",
    "pt-BR": "{count} linhas foram coladas. Enviar como uma mensagem? [s/N] ",
  },
  pastedCommands: {
    en: "{count} lines were pasted. Run them? [y/N] ",
    "pt-BR": "{count} linhas foram coladas. Executá-las? [s/N] ",
  },
  unsent: {
    en: "Not sent: {text} ({reason}). resend sends it again.",
    "pt-BR": "Não enviado: {text} ({reason}). reenviar envia de novo.",
  },
  unsure: {
    en: "May not have arrived: {text} ({reason}). resend sends it again.",
    "pt-BR": "Talvez não tenha chegado: {text} ({reason}). reenviar envia de novo.",
  },
  waiting: {
    en: "{count|# message waits|# messages wait} to be sent.",
    "pt-BR": "{count|# mensagem espera|# mensagens esperam} o envio.",
  },
  leftUnsent: {
    en: "{count|# message was|# messages were} not sent:",
    "pt-BR": "{count|# mensagem não foi enviada|# mensagens não foram enviadas}:",
  },
  keptFor: {
    en:
      "{nick} does not answer. The message is kept until {until}, and delivered when {nick} is back.",
    "pt-BR":
      "{nick} não responde. A mensagem fica guardada até {until}, e é entregue quando {nick} voltar.",
  },
  nothingUnsent: { en: "Nothing to send again.", "pt-BR": "Nada para enviar de novo." },
  notSent: { en: "Not sent.", "pt-BR": "Não enviado." },
} as const satisfies Record<string, Text>;
