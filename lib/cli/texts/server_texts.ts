import type { Text } from "../../protocol/fill_text.ts";

/** The texts of the server's program. */
export const SERVER_TEXTS = {
  metricsPlace: {
    en: "--metrics must be PORT or HOST:PORT, not {value}",
    "pt-BR": "--metrics deve ser PORTA ou HOST:PORTA, não {value}",
  },
  // Log and console
  stateIn: {
    en: "accounts, history, rules and keys: {data}",
    "pt-BR": "contas, histórico, regras e chaves: {data}",
  },
  noStateFolder: {
    en:
      "neither HOME (on Windows USERPROFILE) nor XDG_STATE_HOME names a folder: name the folder for accounts, history and keys with --data",
    "pt-BR":
      "nem HOME (no Windows USERPROFILE) nem XDG_STATE_HOME indica uma pasta: indique com --data a pasta de contas, histórico e chaves",
  },
  stateMoved: {
    en: "Each served folder now has state of its own: what was in {from} is now in {data}",
    "pt-BR":
      "Cada pasta servida agora tem estado próprio: o que estava em {from} agora está em {data}",
  },
  stateNew: {
    en:
      "{data} is new and empty: the accounts, bans and rules that all served folders shared are now in {shared} (--data uses them here)",
    "pt-BR":
      "{data} é nova e vazia: as contas, os banimentos e as regras que todas as pastas servidas dividiam agora estão em {shared} (--data os usa aqui)",
  },
  listening: {
    en: "{name} listens on {host}, port {port}, and serves {root}",
    "pt-BR": "{name} escuta em {host}, porta {port}, e serve {root}",
  },
  consoleHint: {
    en:
      "A line that you type goes to all clients. /help lists the commands, quit stops the server.",
    "pt-BR":
      "Uma linha digitada vai para todos os clientes. /ajuda lista os comandos, sair encerra o servidor.",
  },
  consoleEnded: {
    en: "The console is closed, the server goes on; Ctrl-C stops it.",
    "pt-BR": "O console foi fechado, o servidor continua; Ctrl-C o encerra.",
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
  downloadedOverHttp: {
    en: "{address} got {path}: {size} in {seconds} s",
    "pt-BR": "{address} recebeu {path}: {size} em {seconds} s",
  },
  moved: {
    en: "client {client} moved {path} to {to}",
    "pt-BR": "cliente {client} moveu {path} para {to}",
  },
  removed: {
    en: "client {client} removed {path}",
    "pt-BR": "cliente {client} removeu {path}",
  },
  removedFolder: {
    en:
      "client {client} removed {path}: {files|# file|# files}, {folders|# folder|# folders}, {left} left",
    "pt-BR":
      "cliente {client} removeu {path}: {files|# arquivo|# arquivos}, {folders|# pasta|# pastas}; restam {left}",
  },
  refused: {
    en: "client {client} was refused {path}: {reason}",
    "pt-BR": "cliente {client}: {path} recusado: {reason}",
  },
  refusedMore: {
    en: "{name}: {count|one more refusal|# more refusals} in ten seconds: {reason}",
    "pt-BR": "{name}: {count|mais uma recusa|mais # recusas} em dez segundos: {reason}",
  },
  clientNumber: { en: "client {client}", "pt-BR": "cliente {client}" },
  notFound: { en: "Not found", "pt-BR": "Não encontrado" },
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
  loginFailed: {
    en: "client {client} ({address}) could not log in as {account}: {reason}",
    "pt-BR": "cliente {client} ({address}) não conseguiu fazer login como {account}: {reason}",
  },
  loggedIn: {
    en: "client {client} logged in as {user}",
    "pt-BR": "cliente {client} fez login como {user}",
  },
  commanded: { en: "{user} ran {line}", "pt-BR": "{user} executou {line}" },
  copiesMissing: {
    en: "{missing|# copy of a file is|# copies of files are} missing in the cluster",
    "pt-BR": "{missing|falta # cópia de arquivo|faltam # cópias de arquivos} no cluster",
  },
  copiesComplete: {
    en: "no copy of a file is missing in the cluster",
    "pt-BR": "nenhuma cópia de arquivo falta no cluster",
  },
  rulesRead: { en: "the rules were read again", "pt-BR": "as regras foram lidas de novo" },
  rulesStay: { en: "the old rules stay in force", "pt-BR": "as regras antigas continuam valendo" },
  warning: { en: "warning: {message}", "pt-BR": "aviso: {message}" },
  error: { en: "error: {message}", "pt-BR": "erro: {message}" },
  logDropped: {
    en: "{lines|# line of the log is|# lines of the log are} missing here: nothing took them",
    "pt-BR": "{lines|falta # linha do registro|faltam # linhas do registro} aqui: nada as recebeu",
  },
  announced: {
    en: "announced to the local network as {name}",
    "pt-BR": "anunciado na rede local como {name}",
  },
  stopped: { en: "stopped", "pt-BR": "encerrado" },
  stopping: {
    en: "stopping; running transfers have 10 s, Ctrl-C stops at once",
    "pt-BR": "encerrando; as transferências em curso têm 10 s, Ctrl-C encerra já",
  },
  who: {
    en: "{client}  {nick}{user}  {address}  since {since}",
    "pt-BR": "{client}  {nick}{user}  {address}  desde {since}",
  },
  whoElsewhere: {
    en: "{nick}{user}  on server {server}  since {since}",
    "pt-BR": "{nick}{user}  no servidor {server}  desde {since}",
  },
  moreFiles: {
    en: "only the first {count} files are shown",
    "pt-BR": "só os primeiros {count} arquivos são mostrados",
  },
  statsClients: {
    en:
      "up {uptime} · {clients|# client|# clients} ({all|# connection|# connections} in all), {rooms|# room|# rooms}",
    "pt-BR":
      "ativo há {uptime} · {clients|# cliente|# clientes} ({all|# conexão|# conexões} ao todo), {rooms|# sala|# salas}",
  },
  statsDownloads: {
    en: "sent {downloads|# file|# files}, {bytes}",
    "pt-BR": "enviou {downloads|# arquivo|# arquivos}, {bytes}",
  },
  statsUploads: {
    en: "received {uploads|# file|# files}, {uploadBytes}",
    "pt-BR": "recebeu {uploads|# arquivo|# arquivos}, {uploadBytes}",
  },
  statsTransfers: {
    en: "{transfers|# transfer|# transfers} under way",
    "pt-BR": "{transfers|# transferência|# transferências} em curso",
  },
  statsUnfinished: {
    en: "{bytes} of unfinished uploads",
    "pt-BR": "{bytes} de envios inacabados",
  },
  statsMessages: {
    en: "{messages|# message|# messages}",
    "pt-BR": "{messages|# mensagem|# mensagens}",
  },
  statsRefusals: {
    en: "{refusals|# refusal|# refusals}{codes}",
    "pt-BR": "{refusals|# recusa|# recusas}{codes}",
  },
  statsThreads: {
    en: "{workers|# thread|# threads} busy, {wanted|# request|# requests} waiting",
    "pt-BR": "{workers|# thread ocupada|# threads ocupadas}, {wanted|# pedido|# pedidos} em espera",
  },
  statsRates: {
    en: "{rates}, {seconds} s waited for that",
    "pt-BR": "{rates}, {seconds} s de espera por isso",
  },
  rateTotal: {
    en: "at most {rate}/s of file data in all",
    "pt-BR": "no máximo {rate}/s de dados de arquivos no total",
  },
  ratePerClient: {
    en: "at most {rate}/s for each client",
    "pt-BR": "no máximo {rate}/s por cliente",
  },
  rateNone: {
    en: "file data have no limit",
    "pt-BR": "os dados de arquivos não têm limite",
  },
  limitUsage: {
    en: "Usage: /limit [client] RATE|off; at least 16KiB a second, such as 2M",
    "pt-BR": "Uso: /limit [client] TAXA|off; no mínimo 16KiB por segundo, como 2M",
  },
  statsMemory: {
    en: "{queued} queued · {memory} memory · event loop at most {lag} ms late",
    "pt-BR":
      "{queued} na fila · {memory} de memória · laço de eventos com no máximo {lag} ms de atraso",
  },
  kicked: {
    en: "client {client} ({nick}) was removed",
    "pt-BR": "cliente {client} ({nick}) foi removido",
  },
  kickedElsewhere: {
    en: "{client} was removed by another server",
    "pt-BR": "{client} foi removido por outro servidor",
  },
  kickNotice: { en: "You were removed", "pt-BR": "Você foi removido" },
  noSuchClient: { en: "no client {client}", "pt-BR": "nenhum cliente {client}" },
  kickUsage: {
    en: "Usage: /kick CLIENT [REASON]",
    "pt-BR": "Uso: /kick CLIENTE [MOTIVO]",
  },
  topicUsage: { en: "Usage: /topic #ROOM [TEXT]", "pt-BR": "Uso: /topic #SALA [TEXTO]" },
  topicIs: { en: "Topic of #{room}: {text}", "pt-BR": "Assunto de #{room}: {text}" },
  sayUsage: { en: "Usage: /say ROOM TEXT", "pt-BR": "Uso: /say SALA TEXTO" },
  banUsage: {
    en: "Usage: /ban ADDRESS|NETWORK|NICK [30s|10m|2h|7d|2w] [REASON]",
    "pt-BR": "Uso: /ban ENDEREÇO|REDE|APELIDO [30s|10m|2h|7d|2w] [MOTIVO]",
  },
  banSubject: {
    en:
      "{subject} is no address (10.1.2.3), no network (10.1.0.0/16, 10.1.*) and no nick; nothing is banned",
    "pt-BR":
      "{subject} não é endereço (10.1.2.3), rede (10.1.0.0/16, 10.1.*) nem apelido; nada foi banido",
  },
  banDuration: {
    en: "{value} is no duration: give 30s, 10m, 2h, 7d or 2w; nothing is banned",
    "pt-BR": "{value} não é uma duração: use 30s, 10m, 2h, 7d ou 2w; nada foi banido",
  },
  banNotice: { en: "You were banned", "pt-BR": "Você foi banido" },
  banned: { en: "{subject} is banned {until}", "pt-BR": "{subject} está banido {until}" },
  banSelf: {
    en:
      "{subject} is or holds your own client ({nick}, {address}); nothing is banned; {command} bans it all the same",
    "pt-BR":
      "{subject} é ou contém o seu próprio cliente ({nick}, {address}); nada foi banido; {command} bane mesmo assim",
  },
  banKicked: {
    en: "{nick} ({address}) was removed",
    "pt-BR": "{nick} ({address}) foi removido",
  },
  banKickedNick: {
    en: "{nick} ({address}) was removed; /ban {address} bans the address as well",
    "pt-BR": "{nick} ({address}) foi removido; /ban {address} bane também o endereço",
  },
  banLine: { en: "{subject}  {until}  {reason}", "pt-BR": "{subject}  {until}  {reason}" },
  forEver: { en: "forever", "pt-BR": "para sempre" },
  until: { en: "until {time}", "pt-BR": "até {time}" },
  noBans: { en: "no bans", "pt-BR": "nenhum banimento" },
  unbanUsage: {
    en: "Usage: /unban ADDRESS|NETWORK|NICK",
    "pt-BR": "Uso: /unban ENDEREÇO|REDE|APELIDO",
  },
  unbanned: {
    en: "{subject} is no longer banned",
    "pt-BR": "{subject} não está mais banido",
  },
  notBanned: { en: "{subject} is not banned", "pt-BR": "{subject} não está banido" },
  serverHelp: {
    en:
      "TEXT goes to all clients · /say ROOM TEXT · /topic #ROOM [TEXT] · /who [all] · /rooms · /files · /stats · /cluster · /limit [client] [RATE|off] · /kick CLIENT [REASON] · /ban ADDRESS|NETWORK|NICK [DURATION] [REASON] · /unban ADDRESS|NICK · /help · /quit",
    "pt-BR":
      "TEXTO vai para todos os clientes · /say SALA TEXTO · /topic #SALA [TEXTO] · /who [all] · /rooms · /files · /stats · /cluster · /limit [client] [TAXA|off] · /kick CLIENTE [MOTIVO] · /ban ENDEREÇO|REDE|APELIDO [DURAÇÃO] [MOTIVO] · /unban ENDEREÇO|APELIDO · /help · /quit",
  },
  // Accounts
  userUsage: {
    en: "Usage: {server} user add NAME [--role member|admin] | passwd NAME | remove NAME | list",
    "pt-BR": "Uso: {server} user add NOME [--role member|admin] | passwd NOME | remove NOME | list",
  },
  userAdded: { en: "{name} now has an account: {role}", "pt-BR": "{name} agora tem conta: {role}" },
  userPassword: { en: "{name} has a new password", "pt-BR": "{name} tem uma senha nova" },
  userRemoved: { en: "{name} no longer has an account", "pt-BR": "{name} não tem mais conta" },
  userLine: { en: "{name}  {role}  {rights}", "pt-BR": "{name}  {role}  {rights}" },
  noUsers: { en: "no accounts", "pt-BR": "nenhuma conta" },
  noUsersYet: {
    en:
      "Only clients with an account are admitted, but there are no accounts: {server} user add NAME --data '{folder}' adds one",
    "pt-BR":
      "Só clientes com conta podem entrar, mas não há contas: {server} user add NOME --data '{folder}' cria uma",
  },
} as const satisfies Record<string, Text>;
