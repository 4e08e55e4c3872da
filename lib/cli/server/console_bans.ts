import type { Ban } from "../../chat/ban.ts";
import type { BanOptions } from "../../chat/bans.ts";
import { foldNick } from "../../protocol/chat_names.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Server } from "../../server/server.ts";
import { defined } from "../options/defined.ts";
import { nearNick } from "../../client/near_nick.ts";
import { withNearNick } from "../options/with_near_nick.ts";
import type { Locale } from "../texts/locale.ts";
import { formatDateTime } from "../view/format_time.ts";
import { BAN_SELF, parseBan } from "./ban_arguments.ts";
import { allNicksOf, describeMissing } from "./client_commands.ts";
import type { ConsoleResult } from "./console_result.ts";

/** `/ban` alone lists the bans. A ban of the client that gives it has to be confirmed. */
export async function ban(
  server: Server,
  argument: string,
  locale: Locale,
  client: number | null,
): Promise<ConsoleResult> {
  const { t } = locale;
  const words = argument.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return listBans(server, locale);
  const { subject, durationMs, reason, isSelfMeant } = parseBan(words, server, locale);
  const self = server.clientsOf(subject).find(({ id }) => id === client);
  if (self !== undefined && !isSelfMeant) {
    const { nick, address } = self;
    const command = cleanLine(`/ban ${BAN_SELF} ${words.join(" ")}`);
    return { lines: [t("banSelf", { subject: cleanLine(subject), nick, address, command })] };
  }
  const notice = reason === "" ? t("banNotice") : `${t("banNotice")}: ${reason}`;
  const options = { reason, ...defined<BanOptions>({ durationMs: durationMs ?? undefined }) };
  const { ban, kicked } = await server.ban(subject, notice, options);
  const key = ban.kind === "address" ? "banKicked" : "banKickedNick";
  const lines = kicked.map(({ nick, address }) => t(key, { nick, address }));
  const isMissed = ban.kind === "nick" && kicked.length === 0;
  if (isMissed) lines.push(...describeMeant(subject, allNicksOf(server), locale));
  return { lines: [t("banned", describeBan(ban, locale)), ...lines] };
}

/** A line with the nick that was meant, where none has the one of a ban, and one is like it. */
function describeMeant(nick: string, nicks: readonly string[], locale: Locale): string[] {
  const near = nearNick(nick, nicks);
  if (near === null || foldNick(near) === foldNick(nick)) return [];
  return [describeMissing(nick, nicks, locale)];
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

/** `/unban`. */
export async function unban(
  server: Server,
  argument: string,
  locale: Locale,
): Promise<ConsoleResult> {
  const { t } = locale;
  const subject = cleanLine(argument.trim());
  if (subject === "") return { lines: [t("unbanUsage")] };
  if (await server.unban(subject)) return { lines: [t("unbanned", { subject })] };
  // One address is no slip of the finger for another
  const nicks = server.bans().flatMap((ban) => ban.kind === "nick" ? [ban.subject] : []);
  return { lines: [withNearNick(t("notBanned", { subject }), subject, nicks, locale)] };
}
