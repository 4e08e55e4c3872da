import { abortable } from "@std/async/abortable";
import { trustOf } from "../../client/found_trust.ts";
import { findServers } from "../../discovery/find_servers.ts";
import type { KnownHosts } from "../../files/known_hosts.ts";
import { ConnectionError } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine, display, joinTexts } from "../../protocol/text.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { inOrder, type RatedServer, serverLines } from "../view/server_list.ts";
import { type Invocation, invocationFor } from "./client_invocation.ts";
import { retryMistakes } from "./retry_mistakes.ts";
import { askToTrust } from "./trust.ts";
import { userKnownHosts } from "./user_known_hosts.ts";

/** How long a user who waits for the first question waits: the servers that answer do so early. */
const SEARCH = { timeoutMs: 1_500, minimumMs: 1_000, settledMs: 400 };
const DEFAULT_HOST = "localhost";

const TEXTS = {
  looking: { en: "Looking for servers …", "pt-BR": "Procurando servidores …" },
  noNumber: { en: "There is no server {number}", "pt-BR": "Não há servidor {number}" },
  several: {
    en: "Several servers are called {name}: give the number",
    "pt-BR": "Vários servidores se chamam {name}: informe o número",
  },
} as const satisfies Record<string, Text>;

/**
 * Lets the user choose among the servers of the local network.
 *
 * @returns the invocation for the chosen one; `null` at the end of input, `"none"` where no server answers
 * @throws {ConnectionError} `certificate-untrusted` if the user does not trust the chosen one
 */
export async function chooseServer(
  invocation: Invocation,
  input: LineInput,
): Promise<Invocation | "none" | null> {
  const { locale, interrupt: { signal } } = invocation;
  input.print(locale.fill(TEXTS.looking));
  const knownHosts = userKnownHosts();
  const servers = inOrder(await searchNearby(knownHosts, signal));
  if (servers.length === 0) return "none";
  await printServers(servers, input, locale);
  const isKnown = await knownHostNames(knownHosts);
  const profiles = [...invocation.typed.config.profiles.keys()].map((name) => name.toLowerCase());
  const isHost = (name: string) => isKnown(name) || profiles.includes(name);
  const prompt = locale.t("askHost", { host: defaultOf(servers) });
  return await retryMistakes(input, async () => {
    const answer = await abortable(input.ask(prompt), signal);
    if (answer === null) return null;
    const chosen = readChoice(answer, servers, { isHost, locale });
    if (typeof chosen !== "string") return await forServer(chosen, invocation, input);
    return await invocationFor(chosen, invocation);
  });
}

/**
 * The server that an answer names by its number or name, or the address that it is. A name that is an
 * address, or a host that the user knows, means that host: a server can call itself anything.
 *
 * @throws {UsageError} for a number or name that names no single server
 */
export function readChoice(
  answer: string,
  servers: readonly RatedServer[],
  { isHost, locale: { fill } }: {
    readonly isHost: (name: string) => boolean;
    readonly locale: Locale;
  },
): RatedServer | string {
  const text = answer.trim() || defaultOf(servers);
  if (/^\d+$/.test(text)) {
    const server = servers[Number(text) - 1];
    if (server === undefined) throw new UsageError(fill(TEXTS.noNumber, { number: text }));
    return server;
  }
  const name = text.toLowerCase();
  if (/[.:/[\]]/.test(name) || name === DEFAULT_HOST || isHost(name)) return text;
  const [first, ...others] = servers.filter(({ server }) => server.name.toLowerCase() === name);
  if (others.length > 0) throw new UsageError(fill(TEXTS.several, { name: text }));
  return first ?? text;
}

/** What Enter takes: the first server, unless it has another key than the known one. */
function defaultOf([first]: readonly RatedServer[]): string {
  return first === undefined || first.trust.kind === "changed" ? DEFAULT_HOST : "1";
}

/** None where no interface can be used: the user is asked as without a search. */
async function searchNearby(
  knownHosts: KnownHosts | null,
  signal: AbortSignal,
): Promise<RatedServer[]> {
  const servers: RatedServer[] = [];
  try {
    for await (const server of findServers({ ...SEARCH, signal })) {
      servers.push({ server, trust: await trustOf(server, knownHosts) });
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
  return servers;
}

async function printServers(
  servers: readonly RatedServer[],
  input: LineInput,
  locale: Locale,
): Promise<void> {
  const { default: width } = await import("string-width");
  const digits = String(servers.length).length;
  const lines = serverLines(servers, locale, width).map((line, at) =>
    joinTexts([cleanLine(`  ${at + 1}`.padStart(digits + 2)), line], display`  `)
  );
  input.print(joinTexts(lines, display`\n`));
}

async function knownHostNames(knownHosts: KnownHosts | null): Promise<(name: string) => boolean> {
  const addresses = await knownHosts?.addresses() ?? [];
  const names = new Set(addresses.map((each) => each.replace(/:\d+$/, "").toLowerCase()));
  return (name) => names.has(name);
}

/** Pins the key that the server announces, if it is known or the user trusts it. */
async function forServer(
  { server, trust }: RatedServer,
  invocation: Invocation,
  input: LineInput,
): Promise<Invocation> {
  const { values, locale, interrupt: { signal } } = invocation;
  const { address: hostname, port, fingerprint } = server;
  const address = formatEndpoint({ hostname, port });
  const chosen = { ...invocation, args: [address] };
  const isDecided = values.fingerprint !== undefined || values["no-tls"];
  const isKnown = trust.kind === "moved";
  if (isDecided || fingerprint === null || (trust.kind !== "new" && !isKnown)) return chosen;
  const ask = (question: string) => abortable(input.ask(question), signal);
  if (!isKnown && !values.trust && !await askToTrust({ address, fingerprint }, ask, locale)) {
    const message = `Cannot trust ${address}: the user does not`;
    const options = { address, details: { actual: fingerprint } };
    throw new ConnectionError("certificate-untrusted", message, options);
  }
  return { ...chosen, values: { ...values, fingerprint } };
}
