import { cleanLine, cleanText } from "../../protocol/text.ts";
import type { Server } from "../../server/server.ts";
import { withNearNick } from "../options/with_near_nick.ts";
import type { Locale } from "../texts/locale.ts";
import { formatClockSeconds } from "../view/format_time.ts";
import type { ConsoleResult } from "./console_result.ts";

/** What `/who` takes to show the clients of the other servers, too. */
const ALL = "all";

/** The nicks of the clients of this server. */
export function nicksOf(server: Server): string[] {
  return server.clients.map(({ nick }) => nick);
}

/** The same for all servers of the cluster. */
export function allNicksOf(server: Server): string[] {
  return [...nicksOf(server), ...server.otherClients.map(({ nick }) => nick)];
}

/** Says that no client has a nick, with the nearest one of those that clients have. */
export function describeMissing(nick: string, nicks: readonly string[], locale: Locale): string {
  const text = locale.t("noSuchClient", { client: cleanLine(nick) });
  return withNearNick(text, nick, nicks, locale);
}

/** `/who` lists the clients of this server, `/who all` those of all servers of the cluster. */
export function listClients(server: Server, argument: string, { t }: Locale): ConsoleResult {
  const userOf = (user: string | null) => user === null ? "" : ` (${user})`;
  const here = server.clients.map(({ id, nick, user, address, sinceMs }) => {
    const since = formatClockSeconds(sinceMs);
    return t("who", { client: id, nick, user: userOf(user), address, since });
  });
  const others = argument.trim().toLowerCase() === ALL ? server.otherClients : [];
  const elsewhere = others.map(({ server, nick, user, sinceMs }) => {
    const since = formatClockSeconds(sinceMs);
    return t("whoElsewhere", { server, nick, user: userOf(user), since });
  });
  const lines = [...here, ...elsewhere];
  return { lines: lines.length === 0 ? [t("noClients")] : lines };
}

/** `/kick CLIENT` disconnects a client of this server by its number or nick, of another one by its nick. */
export async function kick(
  server: Server,
  argument: string,
  locale: Locale,
): Promise<ConsoleResult> {
  const { t } = locale;
  const [, client = "", reason = ""] = /^(\S+)\s*(.*)$/s.exec(argument) ?? [];
  if (client === "") return { lines: [t("kickUsage")] };
  const notice = reason === "" ? t("kickNotice") : `${t("kickNotice")}: ${cleanText(reason)}`;
  const found = server.find(client);
  if (found !== null) {
    server.kick(String(found.id), notice);
    return { lines: [t("kicked", { client: found.id, nick: found.nick })] };
  }
  const isElsewhere = await server.kickOther(client, notice);
  return {
    lines: [
      isElsewhere
        ? t("kickedElsewhere", { client })
        : describeMissing(client, allNicksOf(server), locale),
    ],
  };
}
