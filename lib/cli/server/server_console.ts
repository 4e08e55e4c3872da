import { format as formatDuration } from "@std/fmt/duration";
import { asksForHelp } from "../../client/asks_for_help.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { cleanLine, cleanText, type DisplayText, isClean, splitText } from "../../protocol/text.ts";
import type { Server } from "../../server/server.ts";
import { unquote } from "../interactive/words.ts";
import { describeUnknownCommand } from "../options/unknown_command.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { describeRoom } from "../view/room_view.ts";
import { outputColumns } from "../view/terminal_columns.ts";
import { allNicksOf, kick, listClients, nicksOf } from "./client_commands.ts";
import { ban, unban } from "./console_bans.ts";
import { consoleHelp, consoleUsages } from "./console_help.ts";
import type { ConsoleResult } from "./console_result.ts";
import { limitRates, rateStats } from "./limit_command.ts";
import { showCluster } from "./show_cluster.ts";

/** How many files `/files` shows. */
const FILES_SHOWN = 1_000;

/** The giver of a command. */
interface Giver {
  readonly locale: Locale;
  /** The number of the client that gives the command; `null` for the console itself. */
  readonly client: number | null;
}

/** Carries out a command. What it throws is told in place of its lines. */
type Command = (
  server: Server,
  argument: string,
  locale: Locale,
  client: number | null,
) => Promise<ConsoleResult> | ConsoleResult;

const COMMANDS: Readonly<Record<string, Command>> = {
  "/help": (_server, _argument, locale) => ({ lines: consoleHelp(locale, outputColumns()) }),
  "/who": listClients,
  "/files": listFiles,
  "/stats": showStats,
  "/cluster": showCluster,
  "/limit": limitRates,
  "/rooms": listRooms,
  "/say": say,
  "/topic": setTopic,
  "/kick": kick,
  "/ban": ban,
  "/unban": unban,
  "/quit": () => ({ lines: [], stop: true }),
};

/** What the console's help says of commands that the client has not got of its own. */
const ADMIN_USAGE = /^\/(?!(?:rooms|help|quit)\b)/;

const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** What who knows the client in Portuguese types. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "/ajuda": "/help" };

/** The arguments that Tab offers for a command. */
const ARGUMENTS: Readonly<Record<string, (server: Server) => readonly string[]>> = {
  "/say": roomsOf,
  "/topic": roomsOf,
  "/kick": allNicksOf,
  "/ban": (server) => [...nicksOf(server), ...server.clients.map(({ address }) => address)],
  "/unban": (server) => server.bans().map(({ subject }) => subject),
};

/**
 * Completes a command, or its argument.
 *
 * @returns the words that may replace the last one, and that word
 */
export function completeConsoleLine(
  server: Server | null,
  line: string,
): [DisplayText[], string] {
  const [, name, typed] = /^(\/\S*)\s+(\S*)$/.exec(line) ?? [];
  if (name === undefined || typed === undefined) {
    return [COMMAND_NAMES.filter(isClean).filter((command) => command.startsWith(line)), line];
  }
  const words = new Set(server && ARGUMENTS[name.toLowerCase()]?.(server));
  const wanted = typed.toLowerCase();
  return [
    [...words].filter(isClean).filter((word) => word.toLowerCase().startsWith(wanted)),
    typed,
  ];
}

const STARTS_AGAIN = {
  en: "the server starts again: try later",
  "pt-BR": "o servidor está reiniciando: tente mais tarde",
} as const satisfies Text;

const SEE_HELP = {
  en: "/help lists the commands.",
  "pt-BR": "/ajuda lista os comandos.",
} as const satisfies Text;

/**
 * Carries out a line: `quit`, `help`, a command that starts with `/`, or a message to all clients.
 *
 * @param server `null` while it starts again
 */
export async function runConsoleLine(
  server: Server | null,
  line: string,
  locale: Locale,
  client: number | null = null,
): Promise<ConsoleResult> {
  const text = line.trim();
  if (text === "") return { lines: [] };
  if (/^\/?(?:quit|sair)$/i.test(text)) return { lines: [], stop: true };
  if (server === null) return { lines: [locale.fill(STARTS_AGAIN)] };
  const command = /^(?:help|ajuda)$/i.test(text) ? "/help" : text;
  if (command.startsWith("/")) return await runCommand(server, command, { locale, client });
  for (const piece of splitText(cleanText(line), LIMITS.messageBytes)) server.announce(piece);
  return { lines: [] };
}

/** Carries out a line of an admin's client, where only commands go to the console. */
export async function runAdminLine(
  server: Server,
  line: string,
  { locale, client }: Giver,
): Promise<ConsoleResult> {
  if (line.trim().toLowerCase() !== "/help") {
    return await runConsoleLine(server, line, locale, client);
  }
  return { lines: [consoleUsages(locale).filter((usage) => ADMIN_USAGE.test(usage)).join(" · ")] };
}

async function runCommand(
  server: Server,
  text: string,
  { locale, client }: Giver,
): Promise<ConsoleResult> {
  const [, name = "", argument = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const typed = name.toLowerCase();
  const word = OTHER_NAMES[typed] ?? typed;
  const command = COMMANDS[word];
  if (command === undefined) {
    const hint = locale.fill(SEE_HELP);
    return { lines: [describeUnknownCommand(name, COMMAND_NAMES, hint, locale)] };
  }
  if (asksForHelp(argument)) {
    return { lines: consoleHelp(locale, client === null ? outputColumns() : Infinity, word) };
  }
  try {
    return await command(server, argument, locale, client);
  } catch (error) {
    return { lines: [locale.failure(error).message] };
  }
}

function roomsOf(server: Server): string[] {
  return server.rooms().map(({ room }) => room);
}

async function listFiles(
  server: Server,
  _argument: string,
  { t, size }: Locale,
): Promise<ConsoleResult> {
  const lines: string[] = [];
  for await (const { path, stamp } of server.files()) {
    if (lines.length === FILES_SHOWN) {
      return { lines: [...lines.sort(), t("moreFiles", { count: FILES_SHOWN })] };
    }
    lines.push(`${cleanText(path)}  ${size(stamp.sizeBytes)}`);
  }
  return { lines: lines.length === 0 ? [t("noFiles")] : lines.sort() };
}

function showStats(server: Server, _argument: string, locale: Locale): ConsoleResult {
  const { t, size } = locale;
  const { stats } = server;
  const gauges = server.gauges(Deno.memoryUsage().rss);
  const uptimeMs = Math.floor((Date.now() - stats.startedMs) / 1000) * 1000;
  const codes = Object.entries(stats.refusalsByCode).map(([code, count]) => `${code} ${count}`);
  const parts = [
    t("statsClients", {
      uptime: formatDuration(uptimeMs, { ignoreZero: true }) || "0s",
      clients: gauges.clients,
      all: stats.connections,
      rooms: gauges.rooms,
    }),
    t("statsDownloads", { downloads: stats.downloads, bytes: size(stats.downloadBytes) }),
    t("statsUploads", { uploads: stats.uploads, uploadBytes: size(stats.uploadBytes) }),
    t("statsTransfers", { transfers: stats.transfers }),
    t("statsUnfinished", { bytes: size(gauges.unfinishedBytes) }),
    t("statsMessages", { messages: stats.messages }),
    t("statsRefusals", {
      refusals: stats.refusals,
      codes: codes.length === 0 ? "" : ` (${codes.join(", ")})`,
    }),
    t("statsThreads", { workers: gauges.workersBusy, wanted: gauges.workersWanted }),
    ...rateStats(server, gauges, locale),
    t("statsMemory", {
      queued: size(gauges.queuedBytes),
      memory: size(gauges.memoryBytes),
      lag: Math.round(gauges.lagMaxMs),
    }),
  ];
  return { lines: [parts.join(" · ")] };
}

function listRooms(server: Server, _argument: string, locale: Locale): ConsoleResult {
  const lines = server.rooms().map((room) => describeRoom(room, locale));
  return { lines: lines.length === 0 ? [locale.t("noRooms")] : lines };
}

/** `#Ops hello` is the room `ops`, and a text. */
function parseRoomAndText(argument: string): { readonly room: string; readonly text: string } {
  const [, room = "", text = ""] = /^#?(\S+)\s*(.*)$/s.exec(argument) ?? [];
  return { room: cleanLine(room.toLowerCase()), text };
}

/** `/topic ROOM` removes the topic; `/rooms` shows all. */
async function setTopic(
  server: Server,
  argument: string,
  { t }: Locale,
): Promise<ConsoleResult> {
  const { room, text } = parseRoomAndText(argument);
  if (room === "") return { lines: [t("topicUsage")] };
  const topic = await server.setTopic(room, cleanLine(unquote(text)));
  return {
    lines: [topic === null ? t("noTopic", { room }) : t("topicIs", { room, text: topic.text })],
  };
}

async function say(
  server: Server,
  argument: string,
  { t }: Locale,
): Promise<ConsoleResult> {
  const { room, text } = parseRoomAndText(argument);
  if (text === "") return { lines: [t("sayUsage")] };
  for (const piece of splitText(cleanText(text), LIMITS.messageBytes)) {
    await server.say(room, piece);
  }
  return { lines: [] };
}
