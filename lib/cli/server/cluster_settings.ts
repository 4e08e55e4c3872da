import type { Text } from "../../protocol/fill_text.ts";
import type { ClusterOptions } from "../../server/config/cluster_options.ts";
import { isIpv6, parseAddress } from "../../stream/address.ts";
import { defined } from "../options/defined.ts";
import type { Advertised } from "../../web/addresses.ts";
import type { OptionValues } from "../options/options.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { CLUSTER_OPTIONS } from "./cluster_options.ts";

const TEXTS = {
  url: {
    en:
      "--cluster takes addresses of NATS such as nats://HOST:4222 or tls://HOST:4222, not {value}",
    "pt-BR":
      "--cluster recebe endereços do NATS como nats://HOST:4222 ou tls://HOST:4222, não {value}",
  },
  name: {
    en: "--cluster-name must be 1 to 32 letters a to z, digits, - or _, not {value}",
    "pt-BR": "--cluster-name deve ter de 1 a 32 letras de a a z, algarismos, - ou _, não {value}",
  },
  copies: {
    en: "--copies must be 1 to 100, or all, not {value}",
    "pt-BR": "--copies deve ser de 1 a 100, ou all, não {value}",
  },
  advertise: {
    en: "--advertise must be HOST or HOST:PORT, not {value}",
    "pt-BR": "--advertise deve ser HOST ou HOST:PORTA, não {value}",
  },
  alone: {
    en: "--alone leaves a cluster: it cannot be given together with --cluster",
    "pt-BR": "--alone sai de um cluster: não pode ser dado junto com --cluster",
  },
} as const satisfies Record<string, Text>;

const NAME = /^[a-z0-9_-]{1,32}$/;
const MAX_COPIES = 100;
const DAY_MS = 24 * 60 * 60 * 1_000;

type Values = OptionValues<typeof CLUSTER_OPTIONS>;

/**
 * The cluster that the options name; `undefined` for none.
 *
 * @throws {UsageError} if one has a value that means nothing
 */
export function clusterOptions(values: Values, locale: Locale): ClusterOptions | undefined {
  const { cluster, "cluster-name": name = "tcp-chat" } = values;
  if (cluster === undefined) return undefined;
  if (values.alone) throw new UsageError(locale.fill(TEXTS.alone));
  if (!NAME.test(name)) throw new UsageError(locale.fill(TEXTS.name, { value: name }));
  const waitSeconds = values["cluster-wait"];
  return {
    ...defined<Omit<ClusterOptions, "servers" | "name">>({
      credentialsPath: values["cluster-creds"],
      caPath: values["cluster-ca"],
      waitMs: waitSeconds === undefined ? undefined : waitSeconds * 1_000,
      rescanMs: values.rescan === undefined ? undefined : values.rescan * 1_000,
      scrubMs: scrubMsOf(values.scrub),
      copies: copiesOf(values.copies ?? "2", locale),
      fetchCacheBytes: values["fetch-cache"],
    }),
    servers: cluster.split(",").map((url) => serverUrl(url.trim(), locale)),
    name,
    ...advertised(values, locale) ?? { host: Deno.hostname() },
  };
}

/** A server of NATS with its scheme. @throws {UsageError} */
function serverUrl(value: string, { fill }: Locale): string {
  const text = value.includes("://") ? value : `nats://${value}`;
  const url = URL.parse(text);
  const isServer = url !== null && ["nats:", "tls:"].includes(url.protocol) &&
    url.hostname !== "" && url.pathname.length <= 1 && url.search === "" && url.hash === "";
  if (isServer) return text;
  throw new UsageError(fill(TEXTS.url, { value }));
}

/** `null` for never; `undefined` for the default. */
function scrubMsOf(days: number | undefined): number | null | undefined {
  if (days === undefined) return undefined;
  return days === 0 ? null : days * DAY_MS;
}

function copiesOf(value: string, { fill }: Locale): number | "all" {
  if (value === "all") return value;
  const count = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= MAX_COPIES) return count;
  throw new UsageError(fill(TEXTS.copies, { value }));
}

/** Where others reach the server, if the options say it. @throws {UsageError} */
export function advertised(
  { advertise: value }: Pick<Values, "advertise">,
  { fill }: Locale,
): Advertised | null {
  if (value === undefined) return null;
  const address = parseAddress(value);
  if (address === null) throw new UsageError(fill(TEXTS.advertise, { value }));
  const { hostname: host, port } = address;
  const hasPort = !isIpv6(value) && /:\d+$/.test(value);
  return { host, ...(hasPort && { port }) };
}
