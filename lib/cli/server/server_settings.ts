import { GUEST_RIGHTS, parseRights } from "../../accounts/rights.ts";
import type { ServerOptions, TlsSource } from "../../server/config/options.ts";
import { listensAnywhere } from "../../stream/ip_address.ts";
import { defined } from "../options/defined.ts";
import type { OptionValues } from "../options/options.ts";
import { ownFolders, servedFolder } from "../options/state_folder.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { clusterOptions } from "./cluster_settings.ts";
import type { SERVER_OPTIONS } from "./server_options.ts";

const TLS_FILES = {
  en: "--tls-cert and --tls-key must be given together",
  "pt-BR": "--tls-cert e --tls-key devem ser dados juntos",
} as const satisfies Text;

const ANNOUNCE_HOST = {
  en: "--announce cannot be combined with -H {host}: all networks of this machine would be told",
  "pt-BR":
    "--announce não pode ser combinado com -H {host}: seria anunciado em todas as redes desta máquina",
} as const satisfies Text;

type Values = OptionValues<typeof SERVER_OPTIONS>;

/**
 * The options of a server, from those of the command line.
 *
 * @param data the data folder
 * @throws {UsageError} if some contradict each other
 */
export function serverOptions(values: Values, data: string, locale: Locale): ServerOptions {
  return {
    ...defined<ServerOptions>({
      tls: tlsSource(values, locale),
      announce: announcedName(values, locale),
      hostname: values.host,
      port: values.port,
      maxClients: values["max-clients"],
      maxPerAddress: values["max-per-address"],
      maxWorkers: values["max-workers"],
      chatPerSecond: values["chat-rate"],
      rateLimits: {
        total: values.bwlimit || null,
        perClient: values["bwlimit-client"] || null,
      },
      maxUploadBytes: values["max-upload"],
      maxUnfinishedBytes: values["max-unfinished"],
      guestRights: values.guest === undefined ? undefined : parseRights(values.guest, GUEST_RIGHTS),
      historyMessages: values.history,
      cluster: clusterOptions(values, locale),
    }),
    root: servedFolder(values.root),
    dataDirectory: data,
    ownPaths: [...ownFolders(), ...values.config === undefined ? [] : [values.config]],
    uploads: values["allow-upload"],
    requireAccount: values["require-account"],
    withoutDatabase: values["without-database"],
    alone: values.alone,
    chat: !values["no-chat"],
    files: !values["no-files"],
    language: locale.language,
  };
}

/** @throws {UsageError} if others would be told of a server that they cannot reach */
function announcedName(
  { announce, host = "0.0.0.0", name = Deno.hostname() }: Values,
  { fill }: Locale,
): string | undefined {
  if (!announce) return undefined;
  if (!listensAnywhere(host)) throw new UsageError(fill(ANNOUNCE_HOST, { host }));
  return name;
}

/** The options' own certificate and key mean TLS. @throws {UsageError} when one is missing */
function tlsSource(
  { tls, "tls-cert": certificatePath, "tls-key": keyPath }: Values,
  locale: Locale,
): TlsSource | undefined {
  if (certificatePath === undefined && keyPath === undefined) return tls ? "own" : undefined;
  if (certificatePath !== undefined && keyPath !== undefined) return { certificatePath, keyPath };
  throw new UsageError(locale.fill(TLS_FILES));
}
