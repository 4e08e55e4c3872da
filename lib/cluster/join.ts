import type { DatabaseSync } from "node:sqlite";
import type { ChatStore } from "../chat/chat_store.ts";
import { otherServerIds } from "../files/cluster_tables.ts";
import { ClusterError, type ClusterErrorCode } from "../protocol/cluster_error.ts";
import { connectPatiently } from "./connect_engine.ts";
import type { Engine } from "./engine.ts";
import { EngineLog } from "./engine_log.ts";
import { fetchState, type Snapshots } from "./fetch_state.ts";
import { findLog, type FoundLog } from "./find_log.ts";
import { judgeChain } from "./judge_chain.ts";
import { newIncarnations } from "./incarnation.ts";
import { JoinedCluster } from "./joined_cluster.ts";
import { shareSecret } from "./share_secret.ts";
import { REPORT_MS } from "./patience.ts";
import { refuseTwin } from "./refuse_twin.ts";
import { StateMachine, type Stop } from "./state_machine.ts";

/** What happens until a server is one of a cluster. */
export type JoinNews =
  /** The engine, or the log in it, cannot be reached yet. */
  | { readonly state: "waiting"; readonly reason: string }
  /** The server applies what the others have appended. */
  | { readonly state: "catching-up"; readonly applied: number; readonly last: number };

/** What {@link joinCluster} uses of a server, and does not own. */
export interface JoinOptions {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of the data folder. */
  readonly serverId: string;
  readonly database: DatabaseSync;
  /** The storage of the chat in the database. */
  readonly store: Pick<ChatStore, "history" | "kept">;
  readonly snapshots: Snapshots;
  /** Makes one attempt to connect to the engine. */
  readonly openEngine: () => Promise<Engine>;
  /** How long the engine is waited for, in milliseconds; `null` for ever. */
  readonly waitMs: number | null;
  readonly onNews: (news: JoinNews) => void;
}

/**
 * Makes a server one of a cluster: connects to the engine, makes or finds the log, and applies all that is in
 * it; a server that is new, or too far behind, fetches the state of another one first. The caller announces the
 * server once clients can reach it.
 *
 * @throws {ClusterError}
 */
export async function joinCluster(options: JoinOptions): Promise<JoinedCluster> {
  const { name, serverId, database, openEngine, waitMs, onNews, snapshots } = options;
  const onWait = (reason: string) => onNews({ state: "waiting", reason });
  const [engine, found] = await connectPatiently(
    { open: openEngine, waitMs, onWait },
    (engine) => findLog(engine.log, { database, name, serverId }),
  );
  try {
    if (found.needsState !== "no") await fetch(engine, options, found);
    let parts = await comeIntoStep(engine, options, found, true).catch(async (error) => {
      if (isError(error, "seeded")) return await startAnew(engine, options, found);
      if (isError(error, "record-lost")) return await passLost(engine, options, found, error);
      throw error;
    });
    if (await hasDiverged(engine, options, parts.machine)) {
      await parts.log[Symbol.asyncDispose]();
      await snapshots.keepOld();
      parts = await startAnew(engine, options, found);
    }
    const { bus } = engine;
    await refuseTwin({ bus, name, serverId, database }).catch(async (error) => {
      await parts.log[Symbol.asyncDispose]();
      throw error;
    });
    return new JoinedCluster({ name, serverId, database, engine, snapshots, ...parts });
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** Goes on from the state of another server. */
async function startAnew(engine: Engine, options: JoinOptions, found: FoundLog) {
  await fetch(engine, options, { ...found, needsState: "yes" });
  return await comeIntoStep(engine, options, found);
}

/**
 * Goes on behind a record that the log has lost, from the state of a server that has applied all.
 *
 * @throws {ClusterError} `lost` if no server gives its state in time
 */
async function passLost(
  engine: Engine,
  options: JoinOptions,
  found: FoundLog,
  lost: ClusterError,
) {
  const { database, store: { history }, snapshots, onNews } = options;
  const machine = new StateMachine({ database, history });
  if (await hasDiverged(engine, options, machine)) await snapshots.keepOld();
  const onWait = (news: JoinNews) =>
    onNews(news.state === "waiting" ? { ...news, reason: lost.message } : news);
  try {
    const behind = { ...found, first: found.last + 1 };
    return await startAnew(engine, { ...options, onNews: onWait }, behind);
  } catch (error) {
    throw isError(error, "unreachable") ? lost : error;
  }
}

/**
 * Whether most of the other servers have applied other records than this one.
 *
 * @throws {ClusterError} `diverged` if as many have: then the operator decides
 */
async function hasDiverged(
  { bus }: Engine,
  { name, serverId, database }: JoinOptions,
  machine: StateMachine,
): Promise<boolean> {
  const others = otherServerIds(database, serverId);
  const place = machine.applied;
  const verdict = await judgeChain({ bus, name, machine, others, place });
  if (verdict !== "open") return verdict === "wrong";
  throw new ClusterError(
    "diverged",
    `Cannot join the cluster: at the record ${place}, as many servers hold something else`,
  );
}

function isError(error: unknown, code: ClusterErrorCode): error is ClusterError {
  return error instanceof ClusterError && error.code === code;
}

/** A server that would rather have a state goes on without one if no server gives it at once. */
async function fetch(
  { bus }: Engine,
  options: JoinOptions,
  { first, needsState }: FoundLog,
): Promise<void> {
  const { name, serverId, database, store: { history }, snapshots: { folder } } = options;
  const onWait = (reason: string) => options.onNews({ state: "waiting", reason });
  const waitMs = needsState === "rather" ? 0 : options.waitMs;
  const place = first - 1;
  const fetching = { name, serverId, bus, database, history, folder, place, waitMs, onWait };
  try {
    await fetchState(fetching);
  } catch (error) {
    if (needsState === "yes" || !isError(error, "unreachable")) throw error;
  }
}

/** Applies all that is in the log. @param stopsAfterLoss see {@link StateMachine.stopsAfterLoss} */
async function comeIntoStep(
  engine: Engine,
  { serverId, database, store: { history }, onNews }: JoinOptions,
  { last }: FoundLog,
  stopsAfterLoss = false,
): Promise<{ readonly machine: StateMachine; readonly log: EngineLog }> {
  const machine = new StateMachine({ database, history });
  const log = new EngineLog({ engine, machine, newIncarnation: newIncarnations(serverId) });
  try {
    machine.stopsAfterLoss = stopsAfterLoss;
    await catchUp(log, last, onNews);
    machine.stopsAfterLoss = false;
    await shareSecret(log, database);
    return { machine, log };
  } catch (error) {
    await log[Symbol.asyncDispose]();
    throw error;
  }
}

async function catchUp(
  log: EngineLog,
  last: number,
  onNews: (news: JoinNews) => void,
): Promise<void> {
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {}); // Nothing waits for it once the server is in step
  using _ = log.onStop((stop) => {
    const error = log.broken !== null ? logLost(log.applied) : stop && errorOf(stop);
    if (error !== null) stopped.reject(error);
  });
  log.follow();
  const report = () => onNews({ state: "catching-up", applied: log.applied, last });
  const timer = setInterval(report, REPORT_MS);
  try {
    await Promise.race([log.reached(last), stopped.promise]);
  } finally {
    clearInterval(timer);
  }
}

function logLost(applied: number): ClusterError {
  const places = { applied };
  const message = `Cannot go on after the record ${applied}: the log is lost`;
  return new ClusterError("log-lost", message, { places });
}

/** `null` for what passes. */
function errorOf({ code, place }: Stop): ClusterError | null {
  switch (code) {
    case "newer":
      return new ClusterError(
        "newer",
        `Cannot apply the record ${place}: a newer program wrote it`,
      );
    case "diverged":
      return place === 1
        ? new ClusterError(
          "seeded",
          "Cannot join: the log begins with the history of another server",
        )
        : new ClusterError(
          "diverged",
          `Cannot apply the record ${place}: the servers have diverged`,
        );
    case "gap":
      return new ClusterError(
        "record-lost",
        `the log has lost the record ${place}, and no server that has applied it gives its state`,
      );
    case "busy":
    case "no-space":
    case "failed":
      return null;
  }
}
