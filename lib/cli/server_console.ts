import { format as formatDuration } from "@std/fmt/duration";
import type { Language } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { cleanText, splitText } from "../protocol/text.ts";
import type { Server } from "../server/server.ts";
import { formatSize } from "./output.ts";
import { translator } from "./texts.ts";
import { describeUnknownCommand } from "./unknown_command.ts";

/** How many files `/files` shows. */
const FILES_SHOWN = 1_000;

/** What a line on the console led to. */
export interface ConsoleResult {
  /** Lines to print. */
  readonly lines: readonly string[];
  /** The server is to stop. */
  readonly stop?: boolean;
}

type Command = (server: Server, argument: string, language: Language) =>
  | Promise<ConsoleResult>
  | ConsoleResult;

const COMMANDS: Readonly<Record<string, Command>> = {
  "/help": (_server, _argument, language) => ({ lines: [translator(language)("serverHelp")] }),
  "/who": listClients,
  "/files": listFiles,
  "/stats": showStats,
  "/kick": kick,
  "/quit": () => ({ lines: [], stop: true }),
};

/** The commands, for completion. */
export const CONSOLE_COMMANDS: readonly string[] = Object.keys(COMMANDS);

/** Carries out a line: `quit`, a command that starts with `/`, or a message to everybody. */
export async function runConsoleLine(
  server: Server,
  line: string,
  language: Language,
): Promise<ConsoleResult> {
  const text = line.trim();
  if (text === "") return { lines: [] };
  if (text.toLowerCase() === "quit") return { lines: [], stop: true };
  if (text.startsWith("/")) return await runCommand(server, text, language);
  for (const piece of splitText(cleanText(line), LIMITS.messageBytes)) server.announce(piece);
  return { lines: [] };
}

async function runCommand(
  server: Server,
  text: string,
  language: Language,
): Promise<ConsoleResult> {
  const [, name = "", argument = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const command = COMMANDS[name.toLowerCase()];
  if (command !== undefined) return await command(server, argument, language);
  const t = translator(language);
  return { lines: [describeUnknownCommand(name, CONSOLE_COMMANDS, "/help", t)] };
}

function listClients(server: Server, _argument: string, language: Language): ConsoleResult {
  const t = translator(language);
  if (server.clients.length === 0) return { lines: [t("nobody")] };
  const lines = server.clients.map(({ id, nick, address, sinceMs }) =>
    t("who", { client: id, nick, address, since: new Date(sinceMs).toTimeString().slice(0, 8) })
  );
  return { lines };
}

async function listFiles(
  server: Server,
  _argument: string,
  language: Language,
): Promise<ConsoleResult> {
  const t = translator(language);
  const lines: string[] = [];
  for await (const { path, identity } of server.files()) {
    if (lines.length === FILES_SHOWN) {
      return { lines: [...lines.sort(), t("moreFiles", { count: FILES_SHOWN })] };
    }
    lines.push(`${cleanText(path)}  ${formatSize(identity.sizeBytes, language)}`);
  }
  return { lines: lines.length === 0 ? [t("noFiles")] : lines.sort() };
}

function showStats(server: Server, _argument: string, language: Language): ConsoleResult {
  const { startedMs, connections, downloads, downloadBytes, messages, refusals } = server.stats;
  const uptimeMs = Math.floor((Date.now() - startedMs) / 1000) * 1000;
  const line = translator(language)("stats", {
    uptime: formatDuration(uptimeMs, { ignoreZero: true }) || "0s",
    clients: server.clients.length,
    connections,
    downloads,
    bytes: formatSize(downloadBytes, language),
    messages,
    refusals,
    workers: server.busyWorkers,
    memory: formatSize(Deno.memoryUsage().rss, language),
  });
  return { lines: [line] };
}

function kick(server: Server, argument: string, language: Language): ConsoleResult {
  const t = translator(language);
  const [, client = "", reason = ""] = /^(\S+)\s*(.*)$/s.exec(argument) ?? [];
  if (client === "") return { lines: [t("kickUsage")] };
  const notice = reason === "" ? t("kickNotice") : `${t("kickNotice")}: ${cleanText(reason)}`;
  const kicked = server.kick(client, notice);
  return { lines: [t(kicked ? "kicked" : "noSuchClient", { client })] };
}
