import type { Text } from "../../protocol/fill_text.ts";

/** A command of the interactive client. */
export interface CommandSpec {
  /** English, Portuguese, then others. */
  readonly words: readonly string[];
  readonly usage: Text;
  readonly help: Text;
  /** The command is available in protocol 1, too. */
  readonly original?: boolean;
  /** The command does nothing without an argument. */
  readonly needsArgument?: boolean;
}

/** The commands of the interactive client. */
export const COMMANDS = {
  chat: {
    words: ["chat"],
    usage: { en: "chat TEXT", "pt-BR": "chat TEXTO" },
    help: { en: "send a message to the room", "pt-BR": "envia uma mensagem à sala" },
    original: true,
    needsArgument: true,
  },
  talk: {
    words: ["talk", "conversar"],
    usage: { en: "talk", "pt-BR": "conversar" },
    help: {
      en: "every line is chat, until talk again",
      "pt-BR": "cada linha é chat, até conversar de novo",
    },
    original: true,
  },
  file: {
    words: ["get", "arquivo", "file", "baixar"],
    usage: {
      en: "get NAME… [--replace] [-o FOLDER]",
      "pt-BR": "arquivo NOME… [--replace] [-o PASTA]",
    },
    help: {
      en:
        "fetch files, folders, or all that match *.iso, verified; takes the options of tcp-chat get",
      "pt-BR":
        "busca arquivos, pastas ou tudo que casa com *.iso, verificado; aceita as opções de tcp-chat get",
    },
    original: true,
    needsArgument: true,
  },
  list: {
    words: ["ls", "listar"],
    usage: { en: "ls [FOLDER]", "pt-BR": "listar [PASTA]" },
    help: { en: "list a folder of the server", "pt-BR": "lista uma pasta do servidor" },
  },
  put: {
    words: ["put", "enviar"],
    usage: {
      en: "put FILE… [--replace] [--to FOLDER]",
      "pt-BR": "enviar ARQUIVO… [--replace] [--to PASTA]",
    },
    help: {
      en: "send files or folders; takes the options of tcp-chat put",
      "pt-BR": "envia arquivos ou pastas; aceita as opções de tcp-chat put",
    },
    needsArgument: true,
  },
  remove: {
    words: ["rm", "remover"],
    usage: { en: "rm [-r] NAME…", "pt-BR": "remover [-r] NOME…" },
    help: {
      en: "remove files on the server; with -r folders, too",
      "pt-BR": "remove arquivos do servidor; com -r, também pastas",
    },
    needsArgument: true,
  },
  move: {
    words: ["mv", "mover"],
    usage: { en: "mv NAME… NEW [--replace]", "pt-BR": "mover NOME… NOVO [--replace]" },
    help: {
      en: "rename on the server, or move to a folder there",
      "pt-BR": "renomeia no servidor, ou move para uma pasta de lá",
    },
    needsArgument: true,
  },
  makeFolder: {
    words: ["mkdir", "criar"],
    usage: { en: "mkdir FOLDER…", "pt-BR": "criar PASTA…" },
    help: { en: "make folders on the server", "pt-BR": "cria pastas no servidor" },
    needsArgument: true,
  },
  share: {
    words: ["share", "compartilhar"],
    usage: {
      en: "share NAME [--upload] [--count N]",
      "pt-BR": "compartilhar NOME [--upload] [--count N]",
    },
    help: {
      en: "make a link for others without an account; takes the options of tcp-chat share",
      "pt-BR": "cria um link para outros sem conta; aceita as opções de tcp-chat share",
    },
    needsArgument: true,
  },
  links: {
    words: ["links"],
    usage: { en: "links", "pt-BR": "links" },
    help: { en: "list your links", "pt-BR": "lista os seus links" },
  },
  unshare: {
    words: ["unshare", "descompartilhar"],
    usage: { en: "unshare ID…", "pt-BR": "descompartilhar ID…" },
    help: { en: "take links back", "pt-BR": "cancela links" },
    needsArgument: true,
  },
  cancel: {
    words: ["cancel", "cancelar"],
    usage: { en: "cancel [NAME]", "pt-BR": "cancelar [NOME]" },
    help: {
      en: "stop the transfers, like Ctrl-C, or that of NAME",
      "pt-BR": "interrompe as transferências, como Ctrl-C, ou a de NOME",
    },
    original: true,
  },
  limit: {
    words: ["limit", "limite"],
    usage: { en: "limit [RATE|off]", "pt-BR": "limite [TAXA|off]" },
    help: {
      en: "limit file data a second, such as 2M, or show the limit",
      "pt-BR": "limita os dados de arquivos por segundo, como 2M, ou mostra o limite",
    },
    original: true,
  },
  nick: {
    words: ["nick", "apelido"],
    usage: { en: "nick NAME", "pt-BR": "apelido NOME" },
    help: { en: "change your nick", "pt-BR": "muda o seu apelido" },
    needsArgument: true,
  },
  join: {
    words: ["join", "entrar"],
    usage: { en: "join ROOM", "pt-BR": "entrar SALA" },
    help: { en: "enter a room, or return to it", "pt-BR": "entra numa sala, ou volta a ela" },
    needsArgument: true,
  },
  part: {
    words: ["part", "deixar"],
    usage: { en: "part [ROOM]", "pt-BR": "deixar [SALA]" },
    help: { en: "leave a room", "pt-BR": "sai de uma sala" },
  },
  message: {
    words: ["msg", "privado"],
    usage: { en: "msg NICK TEXT", "pt-BR": "privado APELIDO TEXTO" },
    help: { en: "send a private message", "pt-BR": "envia uma mensagem privada" },
    needsArgument: true,
  },
  resend: {
    words: ["resend", "reenviar"],
    usage: { en: "resend", "pt-BR": "reenviar" },
    help: {
      en: "send again what was not sent",
      "pt-BR": "envia de novo o que não foi enviado",
    },
    original: true,
  },
  me: {
    words: ["me", "eu"],
    usage: { en: "me TEXT", "pt-BR": "eu TEXTO" },
    help: { en: "say what you do: * ana waves", "pt-BR": "diz o que você faz: * ana acena" },
    original: true,
    needsArgument: true,
  },
  whois: {
    words: ["whois", "quemé", "queme"],
    usage: { en: "whois NICK", "pt-BR": "quemé APELIDO" },
    help: {
      en: "show a client's account and rooms",
      "pt-BR": "mostra conta e salas de um cliente",
    },
    needsArgument: true,
  },
  ignore: {
    words: ["ignore", "ignorar"],
    usage: { en: "ignore [NICK]", "pt-BR": "ignorar [APELIDO]" },
    help: {
      en: "hide the messages of a nick, or show them again",
      "pt-BR": "oculta as mensagens de um apelido, ou volta a mostrá-las",
    },
  },
  clear: {
    words: ["clear", "limpar"],
    usage: { en: "clear", "pt-BR": "limpar" },
    help: { en: "clear the screen", "pt-BR": "limpa a tela" },
    original: true,
  },
  topic: {
    words: ["topic", "assunto"],
    usage: { en: "topic [#ROOM] [TEXT]", "pt-BR": "assunto [#SALA] [TEXTO]" },
    help: {
      en: 'show or set the topic of the room; topic "" removes it',
      "pt-BR": 'mostra ou muda o assunto da sala; assunto "" o remove',
    },
  },
  away: {
    words: ["away", "ausente"],
    usage: { en: "away [TEXT]", "pt-BR": "ausente [TEXTO]" },
    help: {
      en: "say that you are away; without TEXT, that you are back",
      "pt-BR": "diz que você está ausente; sem TEXTO, que voltou",
    },
  },
  back: {
    words: ["back", "voltei"],
    usage: { en: "back", "pt-BR": "voltei" },
    help: { en: "say that you are back", "pt-BR": "diz que você voltou" },
  },
  who: {
    words: ["who", "quem"],
    usage: { en: "who [ROOM]", "pt-BR": "quem [SALA]" },
    help: { en: "list the clients in the room", "pt-BR": "lista os clientes na sala" },
  },
  rooms: {
    words: ["rooms", "salas"],
    usage: { en: "rooms", "pt-BR": "salas" },
    help: { en: "list the rooms", "pt-BR": "lista as salas" },
  },
  history: {
    words: ["history", "historico", "histórico"],
    usage: { en: "history [N]", "pt-BR": "historico [N]" },
    help: { en: "show past messages", "pt-BR": "mostra mensagens passadas" },
  },
  help: {
    words: ["help", "ajuda"],
    usage: { en: "help [COMMAND]", "pt-BR": "ajuda [COMANDO]" },
    help: {
      en: "show this list, or one command, like COMMAND --help",
      "pt-BR": "mostra esta lista, ou um comando, como COMANDO --help",
    },
    original: true,
  },
  quit: {
    words: ["quit", "sair"],
    usage: { en: "quit", "pt-BR": "sair" },
    help: { en: "leave the server", "pt-BR": "sai do servidor" },
    original: true,
  },
} as const satisfies Record<string, CommandSpec>;

/** The name of a command, the same in every language. */
export type CommandName = keyof typeof COMMANDS;

/** The command of a word in either language, or `null`. */
export function findCommand(word: string): CommandName | null {
  const lower = word.toLowerCase();
  for (const [name, { words }] of Object.entries<CommandSpec>(COMMANDS)) {
    if (words.includes(lower)) return name as CommandName;
  }
  return null;
}

/** Whether a command is available in protocol 1. */
export function isOriginal(name: CommandName): boolean {
  return (COMMANDS[name] as CommandSpec).original ?? false;
}

/** Whether a command does nothing without an argument. */
export function needsArgument(name: CommandName): boolean {
  return (COMMANDS[name] as CommandSpec).needsArgument ?? false;
}

/** All words of all commands, or of those of protocol 1. */
export function commandWords(onlyOriginal = false): string[] {
  return commandSpecs(onlyOriginal).flatMap(({ words }) => words);
}

/** The commands, or those of protocol 1. */
export function commandSpecs(onlyOriginal: boolean): CommandSpec[] {
  return Object.values<CommandSpec>(COMMANDS).filter(({ original }) => original || !onlyOriginal);
}
