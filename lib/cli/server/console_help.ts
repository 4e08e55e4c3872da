import type { Text } from "../../protocol/fill_text.ts";
import { wrapColumns } from "../options/wrap_words.ts";
import type { Locale } from "../texts/locale.ts";

/** What the commands of the server's console do. */
export const CONSOLE_HELP: Readonly<Record<string, Text>> = {
  "/topic": {
    en: "set the topic of a room; without a text, remove it",
    "pt-BR": "mudar o assunto de uma sala; sem texto, removê-lo",
  },
  "/say": { en: "speak in one room", "pt-BR": "falar numa só sala" },
  "/who": {
    en: "list the clients: number, nick, account, address; `all`: those of the other servers, too",
    "pt-BR":
      "listar os clientes: número, apelido, conta, endereço; `all`: também os dos outros servidores",
  },
  "/rooms": { en: "list the rooms", "pt-BR": "listar as salas" },
  "/files": { en: "list the served files", "pt-BR": "listar os arquivos servidos" },
  "/stats": {
    en: "show figures: clients, transfers, refusals, memory",
    "pt-BR": "mostrar números: clientes, transferências, recusas, memória",
  },
  "/cluster": {
    en: "show how this server stands to its cluster, and the other servers",
    "pt-BR": "mostrar a situação deste servidor no cluster, e os outros servidores",
  },
  "/limit": {
    en:
      "limit file data, in all or for each client, also for what is under way; alone: show the limits",
    "pt-BR":
      "limitar os dados de arquivos, no total ou por cliente, também do que está em curso; sozinho: mostrar os limites",
  },
  "/kick": {
    en: "remove a client, by its number or its nick; one of another server by its nick",
    "pt-BR": "remover um cliente, pelo número ou pelo apelido; o de outro servidor, pelo apelido",
  },
  "/ban": {
    en:
      "keep out an address, a network, or a nick and its account, forever or for a time; alone: list the bans",
    "pt-BR":
      "barrar um endereço, uma rede, ou um apelido e a conta dele, para sempre ou por um tempo; sozinho: listar os banimentos",
  },
  "/unban": { en: "lift a ban", "pt-BR": "cancelar um banimento" },
  "/help": {
    en: "list the commands; `help` does the same",
    "pt-BR": "listar os comandos; `ajuda` faz o mesmo",
  },
  "/quit": {
    en: "stop the server; `quit` does the same",
    "pt-BR": "encerrar o servidor; `quit` e `sair` fazem o mesmo",
  },
};

/** How each command is typed. */
export function consoleUsages({ t }: Locale): string[] {
  return t("serverHelp").split(" · ").filter((usage) => usage.startsWith("/"));
}

/**
 * What a line of the console can be: a text, or a command with what it does.
 *
 * @param only only this command
 * @param columns the width of the screen
 */
export function consoleHelp(locale: Locale, columns: number, only?: string): string[] {
  const rows = consoleUsages(locale).map((usage) => {
    const [name = ""] = usage.split(" ");
    const text = CONSOLE_HELP[name];
    const help = text === undefined ? "" : locale.fill(text).replaceAll("`", "");
    return { name, row: [usage, help] as const };
  });
  const width = Math.max(...rows.map(({ row: [usage] }) => usage.length)) + 2;
  const shown = rows.filter(({ name }) => only === undefined || name === only);
  const lines = wrapColumns(shown.map(({ row }) => row), width, columns);
  const [text = ""] = locale.t("serverHelp").split(" · ");
  return only === undefined ? [text, ...lines] : lines;
}
