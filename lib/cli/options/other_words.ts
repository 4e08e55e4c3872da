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

/** What options are called elsewhere. */
const OTHER_OPTIONS: Readonly<Record<string, string>> = {
  replace: "f force overwrite",
  output: "dest destination dir directory target",
  to: "dest destination dir folder target",
  root: "dir directory folder path",
  host: "address bind listen",
  trust: "k insecure",
  tls: "https secure ssl",
  "tls-cert": "cert certificate",
  "tls-key": "key private-key",
  user: "u account login username",
  nick: "name nickname",
  role: "admin",
  "allow-upload": "upload uploads writable",
  "dry-run": "preview simulate",
  every: "interval watch",
  exclude: "ignore skip",
  jobs: "connections parallel threads",
  quiet: "s silent",
  retry: "retries tries",
};

const COMMANDS_BY_WORD = byWord(OTHER_WORDS);
const OPTIONS_BY_WORD = byWord(OTHER_OPTIONS);

/** The one of some commands that a word of another program or language stands for, or `null`. All may begin with `/`. */
export function commandMeant(word: string, commands: readonly string[]): string | null {
  const [, slash = "", name = ""] = /^(\/?)(.*)$/s.exec(word.toLowerCase()) ?? [];
  const meant = COMMANDS_BY_WORD.get(name) ?? [];
  return meant.map((each) => slash + each).find((each) => commands.includes(each)) ?? null;
}

/** The one of some options that a name of another program stands for, or `null`; all are without their dashes. */
export function optionMeant(name: string, options: readonly string[]): string | null {
  return OPTIONS_BY_WORD.get(name)?.find((each) => options.includes(each)) ?? null;
}

function byWord(table: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const meant = new Map<string, string[]>();
  for (const [name, words] of Object.entries(table)) {
    for (const word of words.split(" ")) meant.set(word, [...meant.get(word) ?? [], name]);
  }
  return meant;
}
