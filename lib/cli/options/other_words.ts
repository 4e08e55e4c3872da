/** What commands are called elsewhere, in English and Portuguese; where several fit, the first that exists counts. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  get: "download fetch receive baixar arquivo buscar receber",
  put: "upload send enviar mandar carregar anexar",
  ls: "list dir files listar arquivos",
  rm: "del delete erase unlink remover apagar excluir deletar",
  mv: "rename move ren mover renomear",
  mkdir: "md criar",
  share: "compartilhar",
  verify: "verificar conferir",
  find: "encontrar procurar",
  msg: "query tell whisper w pm dm mensagem",
  chat: "say talk dizer falar",
  say: "chat msg send dizer falar",
  files: "ls list dir listar arquivos",
  kick: "expulsar remover",
  topic: "assunto",
  part: "leave",
  who: "users names people quem usuarios usuários pessoas",
  rooms: "channels list canais salas",
  nick: "name nome",
  help: "ajuda ? commands comandos man",
  quit: "exit bye disconnect logout tchau fechar",
  user: "users useradd account accounts usuario usuário conta contas",
  link: "share links compartilhar",
};

const COMMANDS_BY_WORD = new Map<string, string[]>();
for (const [command, words] of Object.entries(OTHER_WORDS)) {
  for (const word of words.split(" ")) {
    COMMANDS_BY_WORD.set(word, [...COMMANDS_BY_WORD.get(word) ?? [], command]);
  }
}

/** The one of some commands that a word of another program or language stands for, or `null`. All may begin with `/`. */
export function commandMeant(word: string, commands: readonly string[]): string | null {
  const [, slash = "", name = ""] = /^(\/?)(.*)$/s.exec(word.toLowerCase()) ?? [];
  const meant = COMMANDS_BY_WORD.get(name) ?? [];
  return meant.map((each) => slash + each).find((each) => commands.includes(each)) ?? null;
}
