import type { BanOptions } from "../../chat/bans.ts";
import { format as formatDuration } from "@std/fmt/duration";
import type { Ban } from "../../chat/bans.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { cleanLine, cleanText, type DisplayText, isClean, splitText } from "../../protocol/text.ts";
import type { Server } from "../../server/server.ts";
import { defined } from "../options/defined.ts";
import { unquote } from "../interactive/words.ts";
import { describeUnknownCommand } from "../options/unknown_command.ts";
import type { Locale } from "../texts/locale.ts";
import { formatClockSeconds, formatDateTime } from "../view/format_time.ts";
import { describeRoom } from "../view/room_view.ts";
import { BAN_SELF, parseBan } from "./ban_arguments.ts";

/** How many files `/files` shows. */
const FILES_SHOWN = 1_000;

/** The outcome of a line on the console. */
export interface ConsoleResult {
  /** Lines to print. */
  readonly lines: readonly string[];
  /** Whether the server is to stop. */
  readonly stop?: boolean;
}

/** The giver of a command. */
interface Giver {
  readonly locale: Locale;
  /** The number of the client that gives the command; `null` for the console itself. */
  readonly client: number | null;
}

type Command = (
  server: Server,
  argument: string,
  locale: Locale,
  client: number | null,
) => Promise<ConsoleResult> | ConsoleResult;

const COMMANDS: Readonly<Record<string, Command>> = {
  "/help": (_server, _argument, { t }) => ({ lines: [t("serverHelp")] }),
  "/who": listClients,
  "/files": listFiles,
  "/stats": showStats,
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

/** The arguments that Tab offers for a command. */
const ARGUMENTS: Readonly<Record<string, (server: Server) => readonly string[]>> = {
  "/say": roomsOf,
  "/topic": roomsOf,
  "/kick": nicksOf,
  "/ban": (server) => [...nicksOf(server), ...server.clients.map(({ address }) => address)],
  "/unban": (server) => server.bans().map(({ subject }) => subject),
};

/**
 * Completes a command, or its argument.
 *
 * @returns the words that may replace the last one, and that word
 */
export function completeConsoleLine(server: Server, line: string): [DisplayText[], string] {
  const [, name, typed] = /^(\/\S*)\s+(\S*)$/.exec(line) ?? [];
  if (name === undefined || typed === undefined) {
    return [COMMAND_NAMES.filter(isClean).filter((command) => command.startsWith(line)), line];
  }
  const words = new Set(ARGUMENTS[name.toLowerCase()]?.(server));
  const wanted = typed.toLowerCase();
  return [
    [...words].filter(isClean).filter((word) => word.toLowerCase().startsWith(wanted)),
    typed,
  ];
}

/** Carries out a line: `quit`, a command that starts with `/`, or a message to all clients. */
export async function runConsoleLine(
  server: Server,
  line: string,
  locale: Locale,
  client: number | null = null,
): Promise<ConsoleResult> {
  const text = line.trim();
  if (text === "") return { lines: [] };
  if (text.toLowerCase() === "quit") return { lines: [], stop: true };
  if (text.startsWith("/")) return await runCommand(server, text, { locale, client });
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
  const usages = locale.t("serverHelp").split(" · ");
  return { lines: [usages.filter((usage) => ADMIN_USAGE.test(usage)).join(" · ")] };
}

async function runCommand(
  server: Server,
  text: string,
  { locale, client }: Giver,
): Promise<ConsoleResult> {
  const [, name = "", argument = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const command = COMMANDS[name.toLowerCase()];
  if (command !== undefined) return await command(server, argument, locale, client);
  return { lines: [describeUnknownCommand(name, COMMAND_NAMES, "/help", locale)] };
}

function roomsOf(server: Server): string[] {
  return server.rooms().map(({ room }) => room);
}

function nicksOf(server: Server): string[] {
  return server.clients.map(({ nick }) => nick);
}

function listClients(server: Server, _argument: string, { t }: Locale): ConsoleResult {
  if (server.clients.length === 0) return { lines: [t("noClients")] };
  const lines = server.clients.map(({ id, nick, user, address, sinceMs }) =>
    t("who", {
      client: id,
      nick,
      user: user === null ? "" : ` (${user})`,
      address,
      since: formatClockSeconds(sinceMs),
    })
  );
  return { lines };
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

function showStats(server: Server, _argument: string, { t, size }: Locale): ConsoleResult {
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
function setTopic(server: Server, argument: string, { t, failure }: Locale): ConsoleResult {
  const { room, text } = parseRoomAndText(argument);
  if (room === "") return { lines: [t("topicUsage")] };
  try {
    const topic = server.setTopic(room, cleanLine(unquote(text)));
    return {
      lines: [topic === null ? t("noTopic", { room }) : t("topicIs", { room, text: topic.text })],
    };
  } catch (error) {
    return { lines: [failure(error).message] };
  }
}

async function say(
  server: Server,
  argument: string,
  { t, failure }: Locale,
): Promise<ConsoleResult> {
  const { room, text } = parseRoomAndText(argument);
  if (text === "") return { lines: [t("sayUsage")] };
  try {
    for (const piece of splitText(cleanText(text), LIMITS.messageBytes)) {
      await server.say(room, piece);
    }
    return { lines: [] };
  } catch (error) {
    return { lines: [failure(error).message] };
  }
}

/** `/ban` alone lists the bans. A ban of the client that gives it has to be confirmed. */
function ban(
  server: Server,
  argument: string,
  locale: Locale,
  client: number | null,
): ConsoleResult {
  const { t, failure } = locale;
  const words = argument.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return listBans(server, locale);
  try {
    const { subject, durationMs, reason, isSelfMeant } = parseBan(words, server, locale);
    const self = server.clientsOf(subject).find(({ id }) => id === client);
    if (self !== undefined && !isSelfMeant) {
      const { nick, address } = self;
      const command = cleanLine(`/ban ${BAN_SELF} ${words.join(" ")}`);
      return { lines: [t("banSelf", { subject: cleanLine(subject), nick, address, command })] };
    }
    const notice = reason === "" ? t("banNotice") : `${t("banNotice")}: ${reason}`;
    const options = { reason, ...defined<BanOptions>({ durationMs: durationMs ?? undefined }) };
    const { ban, kicked } = server.ban(subject, notice, options);
    const key = ban.kind === "address" ? "banKicked" : "banKickedNick";
    const lines = kicked.map(({ nick, address }) => t(key, { nick, address }));
    return { lines: [t("banned", describeBan(ban, locale)), ...lines] };
  } catch (error) {
    return { lines: [failure(error).message] };
  }
}

function listBans(server: Server, locale: Locale): ConsoleResult {
  const { t } = locale;
  const lines = server.bans().map((ban) => t("banLine", describeBan(ban, locale)));
  return { lines: lines.length === 0 ? [t("noBans"), t("banUsage")] : lines };
}

function describeBan({ subject, expiresMs, reason }: Ban, { t }: Locale) {
  const until = expiresMs === null ? t("forEver") : t("until", { time: formatDateTime(expiresMs) });
  return { subject: cleanLine(subject), until, reason: cleanLine(reason) };
}

function unban(server: Server, argument: string, { t }: Locale): ConsoleResult {
  const subject = argument.trim();
  if (subject === "") return { lines: [t("unbanUsage")] };
  return { lines: [t(server.unban(subject) ? "unbanned" : "notBanned", { subject })] };
}

function kick(server: Server, argument: string, { t }: Locale): ConsoleResult {
  const [, client = "", reason = ""] = /^(\S+)\s*(.*)$/s.exec(argument) ?? [];
  if (client === "") return { lines: [t("kickUsage")] };
  const notice = reason === "" ? t("kickNotice") : `${t("kickNotice")}: ${cleanText(reason)}`;
  const found = server.find(client);
  if (found === null) return { lines: [t("noSuchClient", { client })] };
  server.kick(String(found.id), notice);
  return { lines: [t("kicked", { client: found.id, nick: found.nick })] };
}
