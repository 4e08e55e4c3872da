import { dirname } from "../files/path.ts";
import type { DatabaseSync } from "node:sqlite";
import { otherServerIds } from "../files/cluster_tables.ts";
import { freeBytes } from "../files/system.ts";
import type { HealReason } from "../protocol/cluster_state.ts";
import { readClusterRow } from "./cluster_row.ts";
import { type Bus, type Engine, extentOf } from "./engine.ts";
import type { EngineLog } from "./engine_log.ts";
import { judgeChain, type Verdict } from "./judge_chain.ts";
import { askStatus } from "./server_status.ts";
import type { StateMachine } from "./state_machine.ts";
import { isHalted } from "./stop_effects.ts";

/** Time between two looks at a server that is halted. */
const LOOK_MS = 2_000;
/** How long another server has for its answer. */
const ANSWER_MS = 2_000;
/**
 * A state of another server takes as many times the bytes of the database: those of its file, of its rows, and of the
 * state before, which may be kept.
 */
const STATE_SPACE = 3;

/** What {@link watchHealing} uses, and does not own. */
export interface HealWatchOptions {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of the data folder. */
  readonly serverId: string;
  readonly database: DatabaseSync;
  readonly engine: Pick<Engine, "log" | "bus">;
  readonly log: Pick<EngineLog, "stop" | "broken" | "onStop">;
  readonly machine: Pick<StateMachine, "chainAt">;
  /** Called again and again as long as that is so. Must not throw. */
  readonly onHealable: (reason: HealReason) => void;
  /** Time between two looks, in milliseconds. Default 2,000. */
  readonly lookMs?: number;
  /** Bytes that are free for the database; `null` if that is not known. Default: those of its disk. */
  readonly freeBytes?: () => Promise<number | null>;
}

/**
 * Looks at a server that is halted, and tells when a start would bring it in step again. A server that no start
 * helps stays as it is: its clients can still read. Disposal of the result ends that.
 */
export function watchHealing(options: HealWatchOptions): Disposable {
  const { log, onHealable, lookMs = LOOK_MS } = options;
  /** Runs while the server is halted. */
  let timer: ReturnType<typeof setInterval> | null = null;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    const reason = await findHealing(options).catch(() => null); // Looked at again later
    isLooking = false;
    if (reason !== null && timer !== null) onHealable(reason);
  };
  const rest = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const follow = () => {
    if (!isHalted(log)) return rest();
    if (timer !== null) return;
    timer = setInterval(look, lookMs);
    look();
  };
  const listening = log.onStop(follow);
  follow();
  return {
    [Symbol.dispose]: () => {
      listening[Symbol.dispose]();
      rest();
    },
  };
}

/**
 * What a start would do for a server that is halted; `null` if it would fail, or halt again: the operator has to
 * update the program, or to decide whose state holds.
 *
 * @throws if the log cannot be asked
 */
export async function findHealing(options: HealWatchOptions): Promise<HealReason | null> {
  const { database, engine, log: { stop, broken } } = options;
  if (stop?.code === "newer") return null;
  const row = readClusterRow(database);
  const extent = await extentOf(engine.log);
  const isOwnLog = row !== null && extent?.epoch === row.epoch && extent.last >= row.applied;
  if (!isOwnLog) return null;
  const wasOutvoted = stop?.code === "diverged";
  const hasLost = stop?.code === "gap";
  const isDoubtful = wasOutvoted || hasLost || broken !== null;
  const place = wasOutvoted ? stop.place : row.applied;
  const verdict = isDoubtful ? await judge(options, place) : "same";
  const isDiverged = verdict === "wrong";
  if (verdict === "open" || (wasOutvoted && !isDiverged)) return null;
  const isBehind = hasLost || extent.first > row.applied + 1;
  if (!isDiverged && !isBehind) return broken === null ? null : "log-back";
  if (!await hasGiver(options, hasLost ? row.applied + 1 : extent.first - 1)) return null;
  if (!await hasRoom(options)) return null;
  return isDiverged ? "diverged" : "behind";
}

/** How the chain of this server compares with those of the others at a place. */
function judge(options: HealWatchOptions, place: number): Promise<Verdict> {
  const { engine: { bus }, name, machine } = options;
  return judgeChain({ bus, name, machine, others: othersOf(options), place });
}

/** Whether another server is in step, with a state that has a place. */
async function hasGiver(options: HealWatchOptions, place: number): Promise<boolean> {
  const { engine: { bus }, name } = options;
  const given = await Promise.all(
    othersOf(options).map((server) => gives(bus, name, server, place)),
  );
  return given.includes(true);
}

async function gives(bus: Bus, name: string, server: string, place: number): Promise<boolean> {
  try {
    const question = { place, timeoutMs: ANSWER_MS };
    const { stop, applied } = await askStatus(bus, { name, server }, question);
    return stop === null && applied >= place;
  } catch {
    return false; // It is not there
  }
}

/** Whether the state of another server can be stored: it is about as large as that of this one. */
async function hasRoom({ database, freeBytes: askFree }: HealWatchOptions): Promise<boolean> {
  const path = database.location();
  const free = await (askFree?.() ?? (path === null ? null : freeBytes(dirname(path))));
  const { bytes } = database.prepare(
    "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
  ).get() ?? {};
  return free === null || free >= STATE_SPACE * Number(bytes);
}

function othersOf({ database, serverId }: HealWatchOptions): string[] {
  return otherServerIds(database, serverId);
}
