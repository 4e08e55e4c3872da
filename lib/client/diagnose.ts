import { deadline } from "../async/deadline.ts";
import { onAbort } from "../async/on_abort.ts";
import { readNeighbour, readNetworkView } from "../files/network_view.ts";
import { type CheckData, found, toCheck } from "../protocol/check.ts";
import { ConnectionError, ProtocolError, RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { canonicalAddress } from "../stream/ip_address.ts";
import { reach } from "../stream/reach.ts";
import { resolveName } from "../stream/resolve_name.ts";
import { type AddressOptions, resolveAddress } from "./connect_address.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { type ClientCheck, type ClientFound, type Finding, FINDINGS } from "./findings.ts";
import { judgeInterfaces, judgeNeighbour, judgeNetwork, judgePort } from "./judge_network.ts";
import { judgeAnswers, judgeClock, judgePackets, judgeSpeed } from "./judge_talk.ts";
import type { Connection } from "./connection.ts";
import { logIn } from "./log_in.ts";
import { findPacketSizes, measureDown, measureUp, receivesLarge, timeAnswers } from "./measure.ts";
import { openChecked, type Opened } from "./open_checked.ts";
import type { Protocol2Client } from "./protocol2_client.ts";

/** How long all checks may take, without the measurement of the speed. */
const ALL_MS = 10_000;
/** How long each may take. */
const CAPS = {
  name: 3_000,
  port: 4_000,
  server: 4_000,
  login: 3_000,
  answers: 2_000,
  packets: 3_000,
};
/** How long the speed is measured, in each direction. */
const SPEED_MS = 3_000;
/** How long the server may take to close the connection. */
const QUIT_MS = 500;
/** Variables that name a proxy for other programs. */
const PROXY_VARIABLES = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"];

/** Options of {@link diagnose}. */
export interface DiagnoseOptions
  extends Pick<AddressOptions, "tls" | "login" | "password" | "signal"> {
  /** Whether to measure the speed, which takes six seconds more. Default `false`. */
  readonly speed?: boolean;
  /** Looks up a variable of the environment. Default: none is set. */
  readonly env?: (name: string) => string | undefined;
}

/** What the checks of a diagnosis share. */
interface Run {
  readonly options: ConnectOptions;
  readonly speed: boolean;
  readonly env: (name: string) => string | undefined;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Checks that a diagnosis makes, in their order. */
const ORDER = ["port", "proxy", "server", "tls", "clock", "login", "answers", "packets"] as const;

/**
 * Finds out why there is no connection to a server, or how good it is: one check after the other, each
 * as soon as it is done. All of them together take ten seconds at the most, and six more for the speed.
 *
 * Nothing is written on the server, nothing is sent to its chat, and no key is remembered. Checks that an
 * earlier one makes pointless are skipped. `tls` and the like mean what they mean in {@link connect}, but
 * no unknown key is refused: it is a finding, and no login is tried with its owner.
 *
 * @param address as {@link connect} takes it; `null` for this machine's own side alone
 * @throws {TargetError} | {TypeError} as {@link connect} does
 * @throws {DiskError} when the known servers cannot be read
 * @throws the reason of the signal
 *
 * @example Find out what is wrong
 * ```ts
 * import { diagnose, serve } from "@tcp-chat/tcp-chat";
 *
 * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
 * for await (const check of diagnose(`localhost:${server.port}`)) {
 *   if (check.status === "fail") console.log(check.finding, check.data);
 * }
 * ```
 */
export async function* diagnose(
  address: string | null,
  options: DiagnoseOptions = {},
): AsyncGenerator<ClientCheck> {
  const { speed = false, env = () => undefined, signal, ...beside } = options;
  if (address === null) return yield* diagnoseHere(env);
  const end = AbortSignal.timeout(ALL_MS + (speed ? 3 * SPEED_MS : 0));
  const run: Run = {
    options: resolveAddress(address, beside).options,
    speed,
    env,
    deadlineMs: performance.now() + ALL_MS,
    signal: signal === undefined ? end : AbortSignal.any([signal, end]),
  };
  const missing = new Set<string>([...ORDER, ...(speed ? ["speed"] : [])]);
  try {
    for await (const check of timed(steps(run))) {
      missing.delete(check.id);
      yield check;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!end.aborted) throw error; // The time is up: what is missing was not tried
  }
  for (const id of missing) yield toCheck(found(`${id}-untried` as Finding), FINDINGS, 0);
}

/** Adds to each finding how long it took. */
async function* timed(findings: AsyncGenerator<ClientFound>): AsyncGenerator<ClientCheck> {
  let startedMs = performance.now();
  for await (const each of findings) {
    yield toCheck(each, FINDINGS, performance.now() - startedMs);
    startedMs = performance.now();
  }
}

async function* diagnoseHere(env: Run["env"]): AsyncGenerator<ClientCheck> {
  async function* findings(): AsyncGenerator<ClientFound> {
    yield judgeInterfaces(readNetworkView());
    yield await Promise.resolve(judgeProxy(env, true));
  }
  yield* timed(findings());
}

/** The checks, up to the first that makes the rest pointless. */
async function* steps(run: Run): AsyncGenerator<ClientFound> {
  const { hostname, port, tls } = run.options;
  const addresses = yield* findAddresses(run);
  const [first] = addresses;
  if (first === undefined) return;
  const view = readNetworkView();
  const outlook = judgeNetwork(first, view, null);
  if (FINDINGS[outlook.finding] === "fail") return yield outlook;
  const reaches = await Promise.all(
    addresses.map((each) => reach({ hostname: each, port }, left(run, CAPS.port))),
  );
  const open = reaches.find(({ local }) => local !== null);
  const network = open === undefined ? outlook : judgeNetwork(open.address, view, open.local);
  yield network;
  const way = judgePort(
    reaches,
    port,
    (each) => judgeNeighbour(each, readNeighbour(each.address), view),
  );
  const isOpen = FINDINGS[way.finding] !== "fail";
  yield way;
  yield judgeProxy(run.env, isOpen);
  if (!isOpen) return;
  const opened = await openChecked({ hostname, port }, {
    tls: tls ?? null,
    isHere: network.finding === "network-here",
    timeoutMs: left(run, CAPS.server),
    signal: run.signal,
  });
  yield* opened.found;
  if (opened.connection === null) return;
  yield* talkOver(opened.connection, opened, run);
}

/** Talks to the server, and closes the connection. */
async function* talkOver(
  connection: Connection,
  opened: Opened,
  run: Run,
): AsyncGenerator<ClientFound> {
  using _ = onAbort(run.signal, () => connection.close());
  try {
    yield* talk(await connection.requireProtocol2(), opened, run);
  } catch (error) {
    run.signal.throwIfAborted();
    const isFound = error instanceof ConnectionError || error instanceof ProtocolError ||
      error instanceof RequestError; // A server answers every PING
    if (!isFound) throw error;
    yield found("answers-lost", {}, error);
  } finally {
    await deadline(connection.quit(), QUIT_MS, null);
    connection.close();
    await connection.closed;
  }
}

/** The addresses of the host; none ends the checks. */
async function* findAddresses(run: Run): AsyncGenerator<ClientFound, readonly string[]> {
  const { hostname } = run.options;
  const isLiteral = canonicalAddress(hostname) !== null;
  if (isLiteral) {
    yield found("name-literal", { address: hostname });
    return [hostname];
  }
  const addresses = await resolveName(hostname, left(run, CAPS.name));
  if (addresses === null || addresses.length === 0) {
    yield found(addresses === null ? "name-silent" : "name-unknown", { name: hostname });
    return [];
  }
  const tried = addresses.slice(0, LIMITS.triedAddresses);
  yield found("name-found", { name: hostname, addresses: tried });
  return tried;
}

/** The checks that talk to the server. */
async function* talk(
  protocol: Protocol2Client,
  opened: Opened,
  run: Run,
): AsyncGenerator<ClientFound> {
  yield judgeClock(protocol.hello.time, Date.now(), opened.tripMs);
  const login = await judgeLogin(protocol, opened, run);
  yield login;
  const answers = judgeAnswers(await timeAnswers(protocol, left(run, CAPS.answers)));
  yield answers;
  if (answers.finding === "answers-none") return;
  const mayRead = FINDINGS[login.finding] === "ok";
  const packets = await judgePacketSizes(protocol, mayRead, run);
  yield packets;
  if (!run.speed || FINDINGS[packets.finding] === "fail") return;
  const up = await measureUp(protocol, SPEED_MS);
  yield judgeSpeed(up, mayRead ? await measureDown(protocol, SPEED_MS) : null);
}

async function judgePacketSizes(
  protocol: Protocol2Client,
  mayRead: boolean,
  run: Run,
): Promise<ClientFound> {
  const { passed, stuck } = await findPacketSizes(protocol, left(run, CAPS.packets));
  const up = judgePackets(passed, stuck);
  if (stuck !== null || !mayRead) return up;
  const arrives = await receivesLarge(protocol, left(run, CAPS.packets));
  return arrives === false ? found("packets-lost") : up;
}

/** Logs in where that is asked for and the server is known. */
async function judgeLogin(
  protocol: Protocol2Client,
  { isNew, endPoint }: Opened,
  run: Run,
): Promise<ClientFound> {
  const { login } = run.options;
  if (login === undefined) {
    return found(protocol.hello.auth.required ? "login-needed" : "login-unneeded");
  }
  if (isNew) return found("login-unproven");
  try {
    const account = await deadline(logIn(protocol, login, endPoint), left(run, CAPS.login), null);
    if (account === null) return found("login-silent");
    return found("login-done", { user: account.user, role: account.role });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return found("login-refused", reasonData(error), error);
  }
}

function reasonData({ code, reason }: RequestError): CheckData {
  return { code, ...(reason !== null && { reason }) };
}

/** @param isConnected without a proxy: then none is needed */
function judgeProxy(env: Run["env"], isConnected: boolean): ClientFound {
  // The value may hold a password
  const set = PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()])
    .filter((name) => (env(name) ?? "") !== "");
  if (set.length === 0) return found("proxy-none");
  return found(isConnected ? "proxy-unused" : "proxy-ignored", { variables: set });
}

/** The time that a check may take, in milliseconds: its own, and no more than is left of all. */
function left({ deadlineMs }: Run, capMs: number): number {
  return Math.max(1, Math.min(capMs, deadlineMs - performance.now()));
}
