import * as colors from "@std/fmt/colors";
import { LOBBY } from "../../protocol/chat_names.ts";
import { REQUEST_ERROR_TEXTS, type RequestErrorReason } from "../../protocol/errors.ts";
import { REASON_TEXTS } from "../../protocol/reason_texts.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { ClusterState, JoiningState } from "../../protocol/cluster_state.ts";
import type { ServerEvent } from "../../server/config/events.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { OwnPlaces } from "../../web/addresses.ts";
import { DAMAGE_TEXTS } from "../texts/cluster_texts.ts";
import type { Locale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { formatClockSeconds, formatDateSeconds } from "../view/format_time.ts";
import { formatMessage } from "../view/output.ts";
import { describeDisconnect } from "./disconnect_reasons.ts";
import { joinAddresses, joinFacts, joinLines, type Listening } from "./join_lines.ts";
import { jsonLine } from "../view/json_line.ts";

type Level = "info" | "warning" | "error";

/** A line of the log: what happens on the server, or to the log itself. */
export type LogEvent =
  | ServerEvent
  /** Lines that could not be written are missing at this place. */
  | { readonly event: "dropped"; readonly lines: number };

const LEVELS: Readonly<Partial<Record<LogEvent["event"], Level>>> = {
  dropped: "error",
  refused: "warning",
  warning: "warning",
  error: "error",
};

const CLUSTER_LEVELS: Partial<Readonly<Record<JoiningState | ClusterState, Level>>> = {
  "catching-up": "info",
  "in-step": "info",
  "no-space": "error",
  "failed": "error",
  "newer": "error",
  "diverged": "error",
  "log-lost": "error",
};

/** How events become lines. */
export interface LogFormat {
  readonly json: boolean;
  /** Whether the log is read as it is written, so that it needs no dates. */
  readonly isTerminal: boolean;
  /** Errors only. */
  readonly quiet: boolean;
  readonly locale: Locale;
  /** The server's name. */
  readonly name: string;
  /** Where others reach the server. */
  readonly places: () => OwnPlaces;
}

/** An event as a line of the log; `null` when it is not to be logged. */
export function formatEvent(event: LogEvent, format: LogFormat, now: Date): string | null {
  const level = levelOf(event);
  if (format.quiet && level !== "error") return null;
  if (format.json) return jsonLine({ time: now.toISOString(), level, ...toJson(event, format) });
  const time = format.isTerminal
    ? formatClockSeconds(now.getTime())
    : formatDateSeconds(now.getTime());
  const text = describeEvent(event, format);
  return `${colors.dim(time)} ${COLORS[level](text)}`;
}

function levelOf(event: LogEvent): Level {
  if (event.event === "damaged") return event.fetched ? "warning" : "error";
  if (event.event === "copies") return event.missing === 0 ? "info" : "warning";
  if (event.event === "cluster") return CLUSTER_LEVELS[event.state] ?? "warning";
  return LEVELS[event.event] ?? "info";
}

/** The members of an event for JSON: seconds to the millisecond, an error without its object. */
function toJson(event: LogEvent, { places }: LogFormat): Record<string, unknown> {
  if (event.event === "listening") {
    return { ...event, ...joinFacts(event, joinAddresses(event.host, places())) };
  }
  if (event.event === "error") return { event: event.event, message: event.message };
  if (!("seconds" in event)) return event;
  return { ...event, seconds: Math.round(event.seconds * 1000) / 1000 };
}

const TLS_HINT = {
  en: "with TLS; the end of these lines is the fingerprint to compare:",
  "pt-BR": "com TLS; o fim destas linhas é a impressão digital a comparar:",
} as const satisfies Text;

const IN_BROWSER = {
  en: "in a browser: {url}",
  "pt-BR": "no navegador: {url}",
} as const satisfies Text;
const ELSE_IN_BROWSER = { en: "or: {url}", "pt-BR": "ou: {url}" } as const satisfies Text;

/** The commands that connect others stand on lines below. */
function describeListening(event: Listening, { name, places, locale }: LogFormat): string {
  const { host, port, root, data, fingerprint, urls = [] } = event;
  const { t, fill } = locale;
  const serves = t("listening", { name: cleanLine(name), host, port, root });
  const hosts = joinAddresses(host, places());
  return [
    serves,
    ...(data === undefined ? [] : [`  ${t("stateIn", { data })}`]),
    ...(fingerprint === undefined ? [] : [fill(TLS_HINT)]),
    ...joinLines(event, hosts, typedPrograms().client, locale),
    ...urls.map((url, at) => `  ${fill(at === 0 ? IN_BROWSER : ELSE_IN_BROWSER, { url })}`),
  ].join("\n");
}

const COLORS: Readonly<Record<Level, (text: string) => string>> = {
  info: (text) => text,
  warning: colors.yellow,
  error: colors.red,
};

function describeEvent(event: LogEvent, format: LogFormat): string {
  const { locale, locale: { t } } = format;
  switch (event.event) {
    case "listening":
      return describeListening(event, format);
    case "connected":
      return t("connected", { ...event });
    case "hello":
      return describeHello(event, locale);
    case "disconnected":
      return t("disconnected", { ...event, reason: describeDisconnect(event.reason, locale) });
    case "chat":
      return describeChat(event);
    case "download":
    case "upload":
      return describeTransfer(event, locale);
    case "move":
    case "remove":
    case "link":
      return describeChange(event, locale);
    case "refused":
      return describeRefusal(event, locale);
    case "login":
      return t("loggedIn", { client: event.client, user: cleanLine(event.user ?? "") });
    case "command":
      return t("commanded", { user: cleanLine(event.user ?? ""), line: cleanLine(event.line) });
    case "rules":
      return t("rulesRead");
    case "dropped":
      return t("logDropped", { lines: event.lines });
    case "stopped":
      return t("stopped");
    default:
      return describeMessage(event, locale);
  }
}

/** As clients see it: the lobby has no name. */
function describeChat({ room, nick, text }: Extract<ServerEvent, { event: "chat" }>): string {
  return `${room === LOBBY ? "" : `#${room} `}[${cleanLine(nick)}]: ${formatMessage(text)}`;
}

function describeHello(
  { client, agent, of }: Extract<ServerEvent, { event: "hello" }>,
  { t }: Locale,
): string {
  if (of !== undefined) return t("helloData", { client, of });
  return t("hello", { client, agent: cleanLine(agent) });
}

const LINK_TEXTS = {
  made: {
    en: "{user} made the link {link} to {path}",
    "pt-BR": "{user} criou o link {link} para {path}",
  },
  revoked: {
    en: "{user} took the link {link} to {path} back",
    "pt-BR": "{user} cancelou o link {link} para {path}",
  },
} as const satisfies Record<string, Text>;

function describeLink(
  { action, user = "", link, path }: Extract<ServerEvent, { event: "link" }>,
  { fill }: Locale,
): string {
  return fill(LINK_TEXTS[action], { user: cleanLine(user), link, path: cleanLine(path || "/") });
}

function describeMessage(
  event: Extract<
    ServerEvent,
    { event: "announced" | "copies" | "damaged" | "cluster" | "warning" | "error" }
  >,
  locale: Locale,
): string {
  if (event.event === "announced") return locale.t("announced", { name: cleanLine(event.name) });
  if (event.event === "copies") {
    return event.missing > 0 ? locale.t("copiesMissing", event) : locale.t("copiesComplete");
  }
  if (event.event === "damaged") {
    const text = event.fetched ? DAMAGE_TEXTS.fetched : DAMAGE_TEXTS.lost;
    return locale.fill(text, { path: cleanLine(event.path) });
  }
  if (event.event === "cluster") return cleanLine(event.message);
  if (event.event === "warning") return locale.t("warning", { message: cleanLine(event.message) });
  return locale.t("error", { message: cleanLine(describeErrorEvent(event, locale)) });
}

/** A mistake in the rules comes as an error, which has a text in the operator's language. */
function describeErrorEvent(
  { message, error }: Extract<ServerEvent, { event: "error" }>,
  { t, failure }: Locale,
): string {
  if (error === undefined) return message;
  return `${failure(error).message}; ${t("rulesStay")}`;
}

function describeTransfer(
  event: Extract<ServerEvent, { event: "download" | "upload" }>,
  locale: Locale,
): string {
  const transfer = transferOf(event, locale);
  const { client } = event;
  if (event.event === "upload") return locale.t("uploaded", { ...transfer, client: event.client });
  return client === null
    ? locale.t("downloadedOverHttp", { ...transfer, address: event.address ?? "" })
    : locale.t("downloaded", { ...transfer, client });
}

function describeChange(
  event: Extract<ServerEvent, { event: "move" | "remove" | "link" }>,
  locale: Locale,
): string {
  if (event.event === "link") return describeLink(event, locale);
  const { t } = locale;
  const what = { client: event.client, path: cleanLine(event.path) };
  if (event.event === "move") return t("moved", { ...what, to: cleanLine(event.to) });
  const { files, folders, left = 0 } = event;
  if (folders + left === 0) return t("removed", what);
  return t("removedFolder", { ...what, files, folders, left });
}

function transferOf(
  event: Extract<ServerEvent, { event: "download" | "upload" }>,
  { size, decimal }: Locale,
): { readonly path: string; readonly size: string; readonly seconds: string } {
  return {
    path: cleanLine(event.path),
    size: size(event.bytes),
    seconds: decimal(event.seconds),
  };
}

/** Reasons whose text for the client speaks to it. */
const LOG_REASONS: Readonly<Partial<Record<RequestErrorReason, Text>>> = {
  "banned": { en: "banned", "pt-BR": "banido" },
  "room-not-in": { en: "not in this room", "pt-BR": "não está nesta sala" },
  "rooms-joined": { en: "in too many rooms already", "pt-BR": "já está em salas demais" },
};

function describeRefusal(
  event: Extract<ServerEvent, { event: "refused" }>,
  { t, fill }: Locale,
): string {
  const { client, address, more, path } = event;
  // A nick or a room is no file
  const isNoFile = event.code === "not-found" && path === undefined;
  const reason = event.reason !== undefined
    ? fill(LOG_REASONS[event.reason] ?? REASON_TEXTS[event.reason])
    : isNoFile
    ? t("notFound")
    : fill(REQUEST_ERROR_TEXTS[event.code]);
  if (more !== undefined) {
    const name = client === null ? address : t("clientNumber", { client });
    return t("refusedMore", { name, count: more, reason });
  }
  if (event.client === null) return t("refusedAddress", { address: event.address ?? "", reason });
  if (event.type !== undefined) {
    return t("unknownFrame", { client: event.client, type: cleanLine(event.type) });
  }
  if (event.account !== undefined) {
    const { client, address } = event;
    return t("loginFailed", { client, address, account: cleanLine(event.account), reason });
  }
  if (event.path === undefined) return t("refusedClient", { client: event.client, reason });
  return t("refused", { client: event.client, path: cleanLine(event.path), reason });
}
