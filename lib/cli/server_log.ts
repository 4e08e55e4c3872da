import * as colors from "@std/fmt/colors";
import { describeFailure, type Language } from "../protocol/errors.ts";
import { cleanLine } from "../protocol/text.ts";
import type { ServerEvent } from "../server/events.ts";
import { formatMessage, formatSize } from "./output.ts";
import { type Translate, translator } from "./texts.ts";

type Level = "info" | "warning" | "error";

const LEVELS: Readonly<Partial<Record<ServerEvent["event"], Level>>> = {
  refused: "warning",
  error: "error",
};

/** How events become lines. */
export interface LogFormat {
  readonly json: boolean;
  /** Errors only. */
  readonly quiet: boolean;
  readonly language: Language;
  /** The server's name. */
  readonly name: string;
}

/** One line for an event, or `null` when it is not to be logged. */
export function formatEvent(event: ServerEvent, format: LogFormat, now: Date): string | null {
  const level = LEVELS[event.event] ?? "info";
  if (format.quiet && level !== "error") return null;
  if (format.json) return JSON.stringify({ time: now.toISOString(), level, ...round(event) });
  const time = now.toTimeString().slice(0, 8);
  const text = describeEvent(event, translator(format.language), format);
  return `${colors.dim(time)} ${COLORS[level](text)}`;
}

/** Seconds to the millisecond: more digits say nothing. */
function round(event: ServerEvent): ServerEvent {
  if (!("seconds" in event)) return event;
  return { ...event, seconds: Math.round(event.seconds * 1000) / 1000 };
}

const COLORS: Readonly<Record<Level, (text: string) => string>> = {
  info: (text) => text,
  warning: colors.yellow,
  error: colors.red,
};

function describeEvent(event: ServerEvent, t: Translate, format: LogFormat): string {
  switch (event.event) {
    case "listening":
      return t("listening", {
        name: cleanLine(format.name),
        host: event.host,
        port: event.port,
        root: event.root,
      });
    case "connected":
      return t("connected", { ...event });
    case "disconnected":
      return t("disconnected", { ...event });
    case "chat":
      return `[${event.nick}]: ${formatMessage(event.text)}`;
    case "download":
      return t("downloaded", {
        client: event.client,
        path: cleanLine(event.path),
        size: formatSize(event.bytes, format.language),
        seconds: event.seconds.toFixed(1),
      });
    case "refused":
      return describeRefusal(event, t, format.language);
    case "error":
      return t("error", { message: cleanLine(event.message) });
    case "stopped":
      return t("stopped");
  }
}

function describeRefusal(
  event: Extract<ServerEvent, { event: "refused" }>,
  t: Translate,
  language: Language,
): string {
  const reason = describeFailure(event.code, language);
  if (event.client === null) return t("refusedAddress", { address: event.address ?? "", reason });
  if (event.type !== undefined) {
    return t("unknownFrame", { client: event.client, type: cleanLine(event.type) });
  }
  if (event.path === undefined) return t("refusedClient", { client: event.client, reason });
  return t("refused", { client: event.client, path: cleanLine(event.path), reason });
}
