import { getColorEnabled } from "@std/fmt/colors";
import type { Text } from "../../protocol/fill_text.ts";
import { leadsToOthers } from "../../web/addresses.ts";
import { isBadPort } from "../../web/bad_ports.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { drawQr } from "../view/draw_qr.ts";
import { terminalColumns } from "../view/terminal_columns.ts";
import { joinAddresses, joinText, type Listening } from "./join_lines.ts";
import type { LogFormat } from "./server_log.ts";
import type { ServerOutput } from "./server_output.ts";

/** The options of the command line that are about the QR code. */
interface QrChoice {
  readonly qr: boolean;
  readonly "no-qr": boolean;
}

const TEXTS = {
  both: {
    en: "--qr and --no-qr cannot be combined",
    "pt-BR": "--qr e --no-qr não podem ser combinados",
  },
  noAddress: {
    en: "no QR code: this machine has no address that others reach",
    "pt-BR": "sem QR code: esta máquina não tem endereço que outros alcancem",
  },
  tooNarrow: {
    en: "no QR code: the window has {columns} columns, and it needs {width}",
    "pt-BR": "sem QR code: a janela tem {columns} colunas, e ele precisa de {width}",
  },
} as const satisfies Record<string, Text>;

/** @throws {UsageError} when a QR code is both asked for and refused */
export function checkQrChoice({ qr, "no-qr": hasNone }: QrChoice, { fill }: Locale): void {
  if (qr && hasNone) throw new UsageError(fill(TEXTS.both));
}

/**
 * Shows the address of the page as a QR code, or the one that programs join by where there is no page and
 * `--qr` asks for it. Only a terminal with colours shows one.
 */
export async function showQrCode(
  event: Listening,
  { qr: isAsked, "no-qr": hasNone }: QrChoice,
  { format, output }: { readonly format: LogFormat; readonly output: ServerOutput },
): Promise<void> {
  const { json, quiet, isTerminal } = format;
  if (hasNone || json || quiet || !isTerminal || !getColorEnabled()) return;
  const lines = await qrLines(event, isAsked, terminalColumns(), format);
  if (lines.length > 0) output.print(lines.join("\n"));
}

/** The QR code as lines, or a line that tells why there is none; no line where none is wanted. */
export async function qrLines(
  event: Listening,
  isAsked: boolean,
  columns: number,
  { places, locale: { fill } }: Pick<LogFormat, "places" | "locale">,
): Promise<string[]> {
  const url = event.urls?.find((url) => !isBadPort(portOf(url)));
  if (url === undefined && !isAsked) return [];
  const [host] = joinAddresses(event.host, places());
  if (host === undefined || !leadsToOthers(host.hostname)) {
    return isAsked ? [fill(TEXTS.noAddress)] : [];
  }
  const { lines, width } = await drawQr(url ?? joinText(event, host));
  return width > columns ? [fill(TEXTS.tooNarrow, { columns, width })] : lines;
}

/** The port of a page's address, which may have a zone and so be no `URL`. The usual ports are no bad ones. */
function portOf(url: string): number {
  return Number(/:(\d+)\/$/.exec(url)?.[1] ?? 80);
}
