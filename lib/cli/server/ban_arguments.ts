import { checkNick, foldNick } from "../../protocol/chat_names.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Server } from "../../server/server.ts";
import { canonicalAddress, canonicalNetwork } from "../../stream/ip_address.ts";
import { parseDuration } from "../options/duration.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";

/** What `/ban` is to do. */
export interface BanArguments {
  /** An address, a network or a nick. */
  readonly subject: string;
  /** `null` for ever. */
  readonly durationMs: number | null;
  /** May be empty. */
  readonly reason: string;
  /** Whether the client that gives the command may be banned, too. */
  readonly isSelfMeant: boolean;
}

/** Says that the client that gives the command may be banned, too. */
export const BAN_SELF = "--self";

/**
 * Reads `[--self] SUBJECT [DURATION] [REASON]`. What looks like a duration, an address or the number of a
 * client and is none is refused: else it would be a ban for ever, or one of a nick that none has.
 *
 * @throws {UsageError}
 */
export function parseBan(words: readonly string[], server: Server, locale: Locale): BanArguments {
  const isSelfMeant = words[0] === BAN_SELF;
  const [subject = "", second = "", ...rest] = isSelfMeant ? words.slice(1) : words;
  if (!isBannable(subject, server)) throw new UsageError(locale.t("banSubject", { subject }));
  const durationMs = parseDuration(second);
  if (durationMs === null && /^\d/.test(second)) {
    throw new UsageError(locale.t("banDuration", { value: second }));
  }
  const reason = durationMs === null ? [second, ...rest] : rest;
  return { subject, durationMs, reason: cleanLine(reason.join(" ")).trim(), isSelfMeant };
}

function isBannable(subject: string, server: Server): boolean {
  if (canonicalAddress(subject) !== null || canonicalNetwork(subject) !== null) return true;
  try {
    checkNick(subject);
  } catch {
    return false;
  }
  return !/^[\d.]+$/.test(subject) || isKnown(subject, server);
}

/** Whether a client or an account has the name. */
function isKnown(name: string, server: Server): boolean {
  const folded = foldNick(name);
  const names = [
    ...server.clients.map(({ nick }) => nick),
    ...server.accounts().map((a) => a.name),
  ];
  return names.some((known) => foldNick(known) === folded);
}
