import type { Text } from "../../protocol/fill_text.ts";
import type { LinkEnd, LinkInfo, LinkKind, MadeLink } from "../../protocol/link_answers.ts";
import { linkPlace } from "../../protocol/link_key.ts";
import { cleanLine } from "../../protocol/text.ts";
import { type Endpoint, formatEndpoint } from "../../stream/endpoint.ts";
import { isLoopback } from "../../stream/ip_address.ts";
import { formatTarget, type Target } from "../../stream/target.ts";
import { isBadPort } from "../../web/bad_ports.ts";
import type { Locale } from "../texts/locale.ts";
import { alignColumns } from "./align_columns.ts";
import { formatDateTime } from "./format_time.ts";
import { jsonLine } from "./json_line.ts";
import { shownPath } from "./shown_path.ts";

const MADE: Readonly<Record<LinkKind, Readonly<Record<"any" | "counted", Text>>>> = {
  get: {
    any: {
      en: "Whoever has this link can fetch {path} until {time}:",
      "pt-BR": "Quem tiver este link pode buscar {path} até {time}:",
    },
    counted: {
      en: "By this link {count|one receiver|# receivers} can fetch {path} until {time}:",
      "pt-BR":
        "Com este link, {count|um destinatário pode|# destinatários podem} buscar {path} até {time}:",
    },
  },
  put: {
    any: {
      en: "Whoever has this link can send new files into {path} until {time}:",
      "pt-BR": "Quem tiver este link pode enviar novos arquivos para {path} até {time}:",
    },
    counted: {
      en: "By this link {count|one sender|# senders} can send new files into {path} until {time}:",
      "pt-BR":
        "Com este link, {count|um remetente pode|# remetentes podem} enviar novos arquivos para {path} até {time}:",
    },
  },
};

const NOTES = {
  claim: {
    en:
      "Each counts when the first file begins, also if it breaks off; for an hour after the last file, the same one may resume and repeat.",
    "pt-BR":
      "Cada um conta quando o primeiro arquivo começa, mesmo que pare no meio; por uma hora após o último, o mesmo pode retomar e repetir.",
  },
  back: { en: "Take it back with: {command}", "pt-BR": "Cancele com: {command}" },
  noTls: {
    en: "The server has no TLS: what is moved can be read on the way.",
    "pt-BR": "O servidor não tem TLS: o que é transferido pode ser lido no caminho.",
  },
  here: {
    en: "{host} is this machine: others need another address of it in its place.",
    "pt-BR": "{host} é esta máquina: outros precisam de outro endereço dela no lugar.",
  },
} as const satisfies Record<string, Text>;

const STATES: Readonly<Record<LinkEnd | "works", Text>> = {
  works: { en: "until {time}", "pt-BR": "até {time}" },
  expired: { en: "expired", "pt-BR": "expirado" },
  used: { en: "used up", "pt-BR": "esgotado" },
  revoked: { en: "taken back", "pt-BR": "cancelado" },
};
const FILES = { en: "FILE...", "pt-BR": "ARQUIVO..." } as const;
const LEFT = { en: "{left} of {count} left", "pt-BR": "restam {left} de {count}" } as const;
const KINDS: Readonly<Record<LinkKind, Text>> = {
  get: { en: "fetch", "pt-BR": "buscar" },
  put: { en: "send", "pt-BR": "enviar" },
};

/** What both programs say of links. */
export const LINK_TEXTS = {
  none: { en: "There are no links", "pt-BR": "Não há links" },
  revoked: { en: "The link {id} is taken back", "pt-BR": "O link {id} foi cancelado" },
} as const satisfies Record<string, Text>;

/** The server of a link, as its receivers reach it. */
export type LinkServer = Endpoint & Pick<Target, "tls" | "fingerprint"> & {
  /** Further servers of its cluster, with the same key. Default: none. */
  readonly hosts?: readonly Endpoint[];
};

/** A made link as the command that its receiver types. @param program as it is typed */
export function linkCommand(
  link: MadeLink,
  { server, program, locale }: {
    readonly server: LinkServer;
    readonly program: string;
    readonly locale: Locale;
  },
): string {
  const files = link.kind === "put" ? ` ${locale.fill(FILES)}` : "";
  return `${program} ${link.kind} '${linkAddress(link, server)}'${files}`;
}

/** A made link as an address. */
export function linkAddress({ id, secret, path }: MadeLink, server: LinkServer): string {
  return formatTarget({ ...server, path: path === "" ? null : path, link: { id, secret } });
}

/** The address of a page for the receivers of a made link; `null` where the server has none that browsers open. */
export function linkPage(link: MadeLink, server: LinkServer, hasPage: boolean): string | null {
  if (!hasPage || isBadPort(server.port)) return null;
  return `http${server.tls ? "s" : ""}://${formatEndpoint(server)}${linkPlace(link)}`;
}

/** What stands above the command of a made link. */
export function describeMade(
  { kind, path, count, expiresMs }: MadeLink,
  { fill }: Locale,
): string {
  const shown = { path: cleanLine(shownPath(path)), time: formatDateTime(expiresMs) };
  return count === null
    ? fill(MADE[kind].any, shown)
    : fill(MADE[kind].counted, { ...shown, count });
}

/**
 * What stands below it: how it is counted and taken back, and what its creator should know.
 *
 * @param command by which it is taken back
 */
export function describeUse(
  { count }: MadeLink,
  { hostname, tls }: LinkServer,
  command: string,
  { fill }: Locale,
): string[] {
  const isHere = hostname === "localhost" || isLoopback(hostname);
  return [
    ...(count === null ? [] : [fill(NOTES.claim)]),
    fill(NOTES.back, { command: cleanLine(command) }),
    ...(tls ? [] : [fill(NOTES.noTls)]),
    ...(isHere ? [fill(NOTES.here, { host: cleanLine(hostname) })] : []),
  ];
}

/** Links, each on a line, in columns. */
export function describeLinks(links: readonly LinkInfo[], locale: Locale): string[] {
  return alignColumns(links.map((link) => [
    cleanLine(link.id),
    locale.fill(KINDS[link.kind]),
    describeState(link, locale),
    shownPath(link.path),
    [link.user ?? "", link.note ?? ""].filter((text) => text !== "").map(cleanLine).join(": "),
  ]));
}

function describeState(
  { ended, expiresMs, count, left, sizeBytes, bytesLeft }: LinkInfo,
  { fill, size }: Locale,
): string {
  const time = { time: formatDateTime(expiresMs) };
  const state = ended === null ? fill(STATES.works, time) : fill(STATES[ended]);
  const isCounted = count !== null && left !== null && ended === null;
  const isSized = sizeBytes !== null && bytesLeft !== null && ended === null;
  return [
    state,
    ...(isCounted ? [fill(LEFT, { left, count })] : []),
    ...(isSized ? [fill(LEFT, { left: size(bytesLeft), count: size(sizeBytes) })] : []),
  ].join(", ");
}

/** A link as a JSON line. @param more fields of its own */
export function linkJson(link: LinkInfo, more: Readonly<Record<string, unknown>> = {}): string {
  const { id, kind, path, user, createdMs, expiresMs, count, left, note, ended } = link;
  const bytes = { size: link.sizeBytes, sizeLeft: link.bytesLeft };
  const times = { created: createdMs, expires: expiresMs };
  return jsonLine({
    event: "link",
    ...{ link: id, kind, path, user, ...times, count, left, ...bytes, note, ended },
    ...more,
  });
}

/** A link that was taken back, as a JSON line. */
export function revokedJson(id: string): string {
  return jsonLine({ event: "link", link: id, ended: "revoked" });
}
