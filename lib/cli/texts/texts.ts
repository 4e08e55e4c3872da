import type { Text } from "./language.ts";

/** The texts that the programs print, except those of the help and of errors. */
export const TEXTS = {
  unexpectedArgument: {
    en: "Unexpected argument {value}",
    "pt-BR": "Argumento inesperado {value}",
  },
  metricsPlace: {
    en: "--metrics must be PORT or HOST:PORT, not {value}",
    "pt-BR": "--metrics deve ser PORTA ou HOST:PORTA, não {value}",
  },
  // Server: log and console
  listening: {
    en: "{name} listens on {host}, port {port}, and serves {root}",
    "pt-BR": "{name} escuta em {host}, porta {port}, e serve {root}",
  },
  consoleHint: {
    en:
      "A line that you type goes to all clients. /help lists the commands, quit stops the server.",
    "pt-BR":
      "Uma linha digitada vai para todos os clientes. /help lista os comandos, quit encerra o servidor.",
  },
  connected: {
    en: "client {client} connected from {address}",
    "pt-BR": "cliente {client} conectado de {address}",
  },
  disconnected: {
    en: "client {client} left: {reason}",
    "pt-BR": "cliente {client} saiu: {reason}",
  },
  hello: {
    en: "client {client} speaks protocol 2 ({agent})",
    "pt-BR": "cliente {client} fala o protocolo 2 ({agent})",
  },
  helloData: {
    en: "client {client} moves files for client {of}",
    "pt-BR": "cliente {client} move arquivos para o cliente {of}",
  },
  uploaded: {
    en: "client {client} sent {path}: {size} in {seconds} s",
    "pt-BR": "cliente {client} enviou {path}: {size} em {seconds} s",
  },
  downloaded: {
    en: "client {client} got {path}: {size} in {seconds} s",
    "pt-BR": "cliente {client} recebeu {path}: {size} em {seconds} s",
  },
  refused: {
    en: "client {client} was refused {path}: {reason}",
    "pt-BR": "cliente {client}: {path} recusado: {reason}",
  },
  refusedClient: {
    en: "client {client}: {reason}",
    "pt-BR": "cliente {client}: {reason}",
  },
  refusedAddress: {
    en: "connection from {address} refused: {reason}",
    "pt-BR": "conexão de {address} recusada: {reason}",
  },
  unknownFrame: {
    en: "client {client} sent a frame of unknown type {type}; it was ignored",
    "pt-BR": "cliente {client} enviou um quadro de tipo desconhecido {type}, que foi ignorado",
  },
  loggedIn: {
    en: "client {client} logged in as {user}",
    "pt-BR": "cliente {client} fez login como {user}",
  },
  commanded: { en: "{user} ran {line}", "pt-BR": "{user} executou {line}" },
  rulesRead: { en: "the rules were read again", "pt-BR": "as regras foram lidas de novo" },
  rulesStay: { en: "the old rules stay in force", "pt-BR": "as regras antigas continuam valendo" },
  error: { en: "error: {message}", "pt-BR": "erro: {message}" },
  stopped: { en: "stopped", "pt-BR": "encerrado" },
  stopping: {
    en: "stopping; running transfers have 10 s, Ctrl-C stops at once",
    "pt-BR": "encerrando; as transferências em curso têm 10 s, Ctrl-C encerra já",
  },
  who: {
    en: "{client}  {nick}{user}  {address}  since {since}",
    "pt-BR": "{client}  {nick}{user}  {address}  desde {since}",
  },
  noClients: { en: "no clients", "pt-BR": "nenhum cliente" },
  noFiles: { en: "no files", "pt-BR": "nenhum arquivo" },
  moreFiles: {
    en: "only the first {count} files are shown",
    "pt-BR": "só os primeiros {count} arquivos são mostrados",
  },
  stats: {
    en: "up {uptime} · {clients|# client|# clients} " +
      "({connections|# connection|# connections} in all), {rooms|# room|# rooms} · " +
      "sent {downloads|# file|# files}, {bytes} · received {uploads|# file|# files}, {uploadBytes} · " +
      "{transfers|# transfer|# transfers} under way · {messages|# message|# messages} · " +
      "{refusals|# refusal|# refusals}{codes} · " +
      "{workers|# thread|# threads} busy, {wanted|# request|# requests} waiting · " +
      "{queued} queued · {memory} memory · event loop at most {lag} ms late",
    "pt-BR": "ativo há {uptime} · {clients|# cliente|# clientes} " +
      "({connections|# conexão|# conexões} ao todo), {rooms|# sala|# salas} · " +
      "enviou {downloads|# arquivo|# arquivos}, {bytes} · " +
      "recebeu {uploads|# arquivo|# arquivos}, {uploadBytes} · " +
      "{transfers|# transferência|# transferências} em curso · " +
      "{messages|# mensagem|# mensagens} · {refusals|# recusa|# recusas}{codes} · " +
      "{workers|# thread ocupada|# threads ocupadas}, {wanted|# pedido|# pedidos} em espera · " +
      "{queued} na fila · {memory} de memória · laço de eventos com no máximo {lag} ms de atraso",
  },
  kicked: { en: "client {client} was removed", "pt-BR": "cliente {client} foi removido" },
  kickNotice: { en: "You were removed", "pt-BR": "Você foi removido" },
  noSuchClient: { en: "no client {client}", "pt-BR": "nenhum cliente {client}" },
  kickUsage: {
    en: "Usage: /kick CLIENT [REASON]",
    "pt-BR": "Uso: /kick CLIENTE [MOTIVO]",
  },
  sayUsage: { en: "Usage: /say ROOM TEXT", "pt-BR": "Uso: /say SALA TEXTO" },
  banUsage: {
    en: "Usage: /ban ADDRESS|NICK [30s|10m|2h|7d] [REASON]",
    "pt-BR": "Uso: /ban ENDEREÇO|APELIDO [30s|10m|2h|7d] [MOTIVO]",
  },
  banNotice: { en: "You were banned", "pt-BR": "Você foi banido" },
  banned: { en: "{subject} is banned {until}", "pt-BR": "{subject} está banido {until}" },
  banKicked: {
    en: "{nick} ({address}) was removed; /ban {address} bans the address as well",
    "pt-BR": "{nick} ({address}) foi removido; /ban {address} bane também o endereço",
  },
  banLine: { en: "{subject}  {until}  {reason}", "pt-BR": "{subject}  {until}  {reason}" },
  forEver: { en: "forever", "pt-BR": "para sempre" },
  until: { en: "until {time}", "pt-BR": "até {time}" },
  noBans: { en: "no bans", "pt-BR": "nenhum banimento" },
  unbanUsage: { en: "Usage: /unban ADDRESS|NICK", "pt-BR": "Uso: /unban ENDEREÇO|APELIDO" },
  unbanned: {
    en: "{subject} is no longer banned",
    "pt-BR": "{subject} não está mais banido",
  },
  notBanned: { en: "{subject} is not banned", "pt-BR": "{subject} não está banido" },
  serverHelp: {
    en: "TEXT goes to all clients · /say ROOM TEXT · /who · /rooms · /files · /stats · " +
      "/kick CLIENT [REASON] · /ban ADDRESS|NICK [DURATION] [REASON] · /unban ADDRESS|NICK · /help · /quit",
    "pt-BR":
      "TEXTO vai para todos os clientes · /say SALA TEXTO · /who · /rooms · /files · /stats · " +
      "/kick CLIENTE [MOTIVO] · /ban ENDEREÇO|APELIDO [DURAÇÃO] [MOTIVO] · /unban ENDEREÇO|APELIDO · /help · /quit",
  },
  // Server: accounts
  userUsage: {
    en:
      "Usage: tcp-chat-server user add NAME [--role member|admin] | passwd NAME | remove NAME | list",
    "pt-BR":
      "Uso: tcp-chat-server user add NOME [--role member|admin] | passwd NOME | remove NOME | list",
  },
  userAdded: { en: "{name} now has an account: {role}", "pt-BR": "{name} agora tem conta: {role}" },
  userPassword: { en: "{name} has a new password", "pt-BR": "{name} tem uma senha nova" },
  userRemoved: { en: "{name} no longer has an account", "pt-BR": "{name} não tem mais conta" },
  userLine: { en: "{name}  {role}  {rights}", "pt-BR": "{name}  {role}  {rights}" },
  noUsers: { en: "no accounts", "pt-BR": "nenhuma conta" },
  noUsersYet: {
    en: "Only clients with an account are admitted, but there are no accounts: " +
      "tcp-chat-server user add NAME adds one",
    "pt-BR": "Só clientes com conta podem entrar, mas não há contas: " +
      "tcp-chat-server user add NOME cria uma",
  },
  askPassword: { en: "Password: ", "pt-BR": "Senha: " },
  askNewPassword: { en: "Password for {name}: ", "pt-BR": "Senha para {name}: " },
  askAgain: { en: "Repeat the password: ", "pt-BR": "Repita a senha: " },
  passwordsDiffer: {
    en: "The two passwords differ",
    "pt-BR": "As duas senhas são diferentes",
  },
  // Client
  askHost: { en: "Server [{host}]: ", "pt-BR": "Servidor [{host}]: " },
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
    en: "Interrupted. Incomplete files stay as NAME.part.",
    "pt-BR": "Interrompido. Arquivos incompletos ficam como NOME.part.",
  },
  left: { en: "Goodbye.", "pt-BR": "Até logo." },
  done: {
    en: "{file}: {size}, SHA-256 verified ({sha256})",
    "pt-BR": "{file}: {size}, SHA-256 verificado ({sha256})",
  },
  skipped: {
    en: "{file}: already there, SHA-256 verified ({sha256})",
    "pt-BR": "{file}: já existe, SHA-256 verificado ({sha256})",
  },
  sent: {
    en: "{file}: {size} sent, SHA-256 verified ({sha256})",
    "pt-BR": "{file}: enviado, {size}, SHA-256 verificado ({sha256})",
  },
  skippedThere: {
    en: "{file}: already on the server, SHA-256 verified ({sha256})",
    "pt-BR": "{file}: já está no servidor, SHA-256 verificado ({sha256})",
  },
  resumedAt: { en: "resumed at {size}", "pt-BR": "retomado em {size}" },
  modified: { en: "modified {time}", "pt-BR": "modificado em {time}" },
  sizeExact: {
    en: "{size} ({bytes|# byte|# bytes})",
    "pt-BR": "{size} ({bytes|# byte|# bytes})",
  },
  sending: { en: "Sending {path} …", "pt-BR": "Enviando {path} …" },
  receiving: { en: "Receiving {path} …", "pt-BR": "Recebendo {path} …" },
  transferUnderWay: {
    en: "Transfers are still running: leaving when they are done. Ctrl-C leaves at once.",
    "pt-BR": "Ainda há transferências em curso: saindo quando terminarem. Ctrl-C sai já.",
  },
  filesOf: { en: "{done} of {total} files", "pt-BR": "{done} de {total} arquivos" },
  failedOf: {
    en: "{failed} of {total} files failed",
    "pt-BR": "{failed} de {total} arquivos {failed|falhou|falharam}",
  },
  unknownCommand: {
    en: "Unknown command: {command}. {hint}",
    "pt-BR": "Comando desconhecido: {command}. {hint}",
  },
  didYouMean: { en: "Did you mean {name}?", "pt-BR": "Você quis dizer {name}?" },
  seeHelpOption: { en: "--help lists the commands.", "pt-BR": "--help lista os comandos." },
  seeHelp: {
    en: "Type help for the commands.",
    "pt-BR": "Digite ajuda para ver os comandos.",
  },
  talking: {
    en: "Every line is chat now, unless it starts with /. {word} ends this.",
    "pt-BR": "Agora cada linha é chat, a não ser que comece com /. {word} encerra isso.",
  },
  notTalking: { en: "Lines are commands again.", "pt-BR": "As linhas voltam a ser comandos." },
  commandUsage: { en: "Usage: {usage}", "pt-BR": "Uso: {usage}" },
  // Client: the chat
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
  nextAttempt: {
    en: "No connection. Next attempt in {seconds} s …",
    "pt-BR": "Sem conexão. Nova tentativa em {seconds} s …",
  },
  online: { en: "Connected again.", "pt-BR": "Conectado de novo." },
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
  yourNick: { en: "You are {nick}.", "pt-BR": "Você é {nick}." },
  memberSince: {
    en: "{nick}{user}, since {since}",
    "pt-BR": "{nick}{user}, desde {since}",
  },
  roomLine: {
    en: "#{room}: {members|# client|# clients}, {seq|no messages|# message|# messages}",
    "pt-BR":
      "#{room}: {members|# cliente|# clientes}, {seq|nenhuma mensagem|# mensagem|# mensagens}",
  },
  noRooms: { en: "no rooms", "pt-BR": "nenhuma sala" },
  noHistory: { en: "no messages yet", "pt-BR": "nenhuma mensagem ainda" },
  noSuchFile: {
    en: "No file with the number {number} was shared here",
    "pt-BR": "Nenhum arquivo com o número {number} foi compartilhado aqui",
  },
  pasted: {
    en: "{count} lines were pasted. Send them as one message? [y/N] ",
    "pt-BR": "{count} linhas foram coladas. Enviar como uma mensagem? [s/N] ",
  },
  pastedCommands: {
    en: "{count} lines were pasted. Run them? [y/N] ",
    "pt-BR": "{count} linhas foram coladas. Executá-las? [s/N] ",
  },
  notSent: { en: "Not sent.", "pt-BR": "Não enviado." },
} as const satisfies Record<string, Text>;

/** The name of a text. */
export type TextKey = keyof typeof TEXTS;
