import { Listeners } from "../async/listeners.ts";
import type { DatabaseSync } from "node:sqlite";
import type { AttemptLimiter } from "../accounts/attempt_limiter.ts";
import type { LinkKeeper, VerifierMaker } from "../accounts/link_keeper.ts";
import type { RuleFile } from "../accounts/rule_file.ts";
import type { BanKeeper } from "../chat/ban_keeper.ts";
import { CatalogueRows } from "../files/catalogue_rows.ts";
import type { Journal, JournalTarget } from "../chat/journal.ts";
import type { KeptMessages } from "../chat/kept_messages.ts";
import type { Neighbours, NeighbourTarget } from "../chat/neighbours.ts";
import type { Peer } from "../protocol/peers.ts";
import type { ClusterGauges, ContentGauges } from "../protocol/cluster_gauges.ts";
import type { HealReason } from "../protocol/cluster_state.ts";
import { answerAdminChanges } from "./admin_changes.ts";
import { Beats } from "./beats.ts";
import type { Beat, Cluster } from "./cluster.ts";
import { ClusterJournal } from "./cluster_journal.ts";
import { readClusterRow } from "./cluster_row.ts";
import type { CopyCount } from "./content_rank.ts";
import { guardDivergence } from "./divergence_guard.ts";
import type { Bus, Engine } from "./engine.ts";
import type { EngineLog } from "./engine_log.ts";
import type { ServerAddress } from "./entry.ts";
import { watchHealing } from "./heal_watch.ts";
import { Health } from "./health.ts";
import type { Snapshots } from "./fetch_state.ts";
import { answerForget } from "./forget_server.ts";
import { serverOf } from "./incarnation.ts";
import { shareAttempts } from "./share_attempts.ts";
import { JoinedView } from "./joined_view.ts";
import { LogBanKeeper } from "./log_ban_keeper.ts";
import { LogLinkKeeper } from "./log_link_keeper.ts";
import { openNeighbours } from "./open_neighbours.ts";
import { RuleRows } from "./rule_rows.ts";
import {
  answerStatus,
  liveIncarnations,
  readKnownServers,
  readMembers,
  type ServerStatus,
} from "./server_status.ts";
import { SharedRules } from "./shared_rules.ts";
import { SnapshotGiver } from "./snapshot_giver.ts";
import type { StateMachine } from "./state_machine.ts";
import { haltOf, isHalted } from "./stop_effects.ts";

/** Digits of the epoch that clients know the log by. */
const HISTORY_DIGITS = 8;
/** How long a server that stops waits until the others know. */
const LEAVE_MS = 3_000;

/** What a {@link JoinedCluster} is made of. */
export interface JoinedParts {
  readonly name: string;
  readonly serverId: string;
  /** Not owned. */
  readonly database: DatabaseSync;
  /** Owned, as the log is. */
  readonly engine: Engine;
  readonly log: EngineLog;
  /** Not owned. */
  readonly machine: StateMachine;
  readonly snapshots: Snapshots;
}

/** What a server tells of itself besides its address. */
export type OwnFigures = () => Pick<Beat, "clients" | "freeBytes" | "checks">;

/** The cluster that this server is one of. */
export class JoinedCluster implements Cluster {
  readonly name: string;
  readonly serverId: string;
  readonly log: EngineLog;
  readonly bus: Bus;
  readonly engine: Engine;
  readonly beats: Beats;
  readonly health: Health;
  /** What the sessions of this server see. */
  readonly view: JoinedView;
  /** Copies of files that are missing, on all servers together; `null` while that is not known. */
  copiesMissing: number | null = null;
  /** How many servers are to have each file, as this one counts; `null` if it keeps none. */
  copies: CopyCount | null = null;
  readonly #database: DatabaseSync;
  readonly #machine: StateMachine;
  readonly #snapshots: Snapshots;
  /** What this server answers to others, once it is announced. */
  readonly #answering = new DisposableStack();
  /** Where clients reach this server; `null` before it is announced. */
  #address: Peer | null = null;
  readonly #olderListeners = new Listeners<[string | null]>();
  #restarts = 0;

  /** In step with the log, and not announced yet. */
  constructor({ name, serverId, database, engine, log, machine, snapshots }: JoinedParts) {
    this.name = name;
    this.serverId = serverId;
    this.log = log;
    this.bus = engine.bus;
    this.engine = engine;
    this.#database = database;
    this.#machine = machine;
    this.#snapshots = snapshots;
    this.beats = new Beats({ name, engine, log });
    this.health = new Health({ engine, log });
    const history = readClusterRow(database)?.epoch.slice(0, HISTORY_DIGITS) ?? "";
    this.view = new JoinedView({
      cluster: this,
      history,
      own: () => this.#address,
      members: () => readMembers(database),
      runs: () => this.#otherIncarnations(),
    });
    log.onStop(() => this.view.listen(!isHalted(log)));
  }

  /** Connects the chat with those of the other servers. @param kept the kept messages of the database */
  openNeighbours(kept: KeptMessages, target: NeighbourTarget): Neighbours {
    return openNeighbours(this, { database: this.#database, kept }, target);
  }

  /** Opens the bans of all servers. */
  openBans(): BanKeeper {
    return new LogBanKeeper(this.log);
  }

  /** Opens the links of all servers. @param accounts make the verifiers */
  openLinks(accounts: VerifierMaker): LinkKeeper {
    return new LogLinkKeeper(this.log, accounts);
  }

  /** Counts failed logins of all servers. */
  shareAttempts(limiter: AttemptLimiter): void {
    this.#answering.use(shareAttempts(this, limiter));
  }

  /**
   * Shares the rules of folders: resolves once those of the cluster are in the file of this server.
   *
   * @param file not owned
   * @param onError called with what keeps this server from it later, which is tried again. Must not throw
   * @throws {RuleError}, {DiskError} if they cannot be: the files that they protect would be open
   */
  async shareRules(file: RuleFile, onError: (error: unknown) => void): Promise<void> {
    const rows = new RuleRows(this.#database);
    await this.#answering.use(new SharedRules({ file, rows, log: this.log, onError })).begin();
  }

  /** Calls `onHealable` while this server is halted, and a start would bring it in step. It must not throw. */
  watchHealing(onHealable: (reason: HealReason) => void): void {
    const { name, serverId, engine, log } = this;
    const [database, machine] = [this.#database, this.#machine];
    this.#answering.use(
      watchHealing({ name, serverId, database, engine, log, machine, onHealable }),
    );
  }

  /**
   * Calls the listener with servers of an earlier version that ask for the state of the cluster, which they could not
   * read; `null` for one that does not say who it is.
   */
  onOlderServer(listener: (server: string | null) => void): void {
    this.#olderListeners.add(listener);
  }

  /** Opens the journal of the chat. */
  openJournal(target: JournalTarget): Journal {
    return new ClusterJournal(this.log, target);
  }

  /**
   * Tells the other servers where clients reach this one. Former runs of this server that did not end in good
   * order are over then.
   */
  announce(address: Omit<ServerAddress, "server">, figures: OwnFigures): void {
    const own = { ...address, server: this.serverId };
    this.#address = address;
    const known = this.#otherIncarnations();
    const sayHi = () => this.#append({ kind: "hi", ...own });
    for (const incarnation of known.filter((each) => serverOf(each) === this.serverId)) {
      this.#append({ kind: "gone", incarnation });
    }
    sayHi();
    this.log.onIncarnation(() => {
      this.#restarts++;
      sayHi();
    });
    this.beats.start({
      own: () => ({
        ...own,
        incarnation: this.log.incarnation,
        applied: this.log.applied,
        chain: this.log.chain,
        time: Date.now(),
        stop: haltOf(this.log),
        ...figures(),
      }),
      known: known.filter((each) => serverOf(each) !== this.serverId),
    });
    this.#answer(figures);
  }

  /** How this server stands to its cluster, in figures. */
  gauges(contents: ContentGauges): ClusterGauges {
    const { records, entries, seconds: appendSeconds, pendingCount } = this.log.figures;
    return {
      name: this.name,
      server: this.serverId,
      state: this.health.state,
      applied: this.log.applied,
      peers: this.beats.list(),
      waiting: pendingCount,
      records,
      entries,
      appendSeconds,
      restarts: this.#restarts,
      copiesMissing: this.copiesMissing,
      clockSkewSeconds: this.beats.clockSkewMs / 1_000,
      ...contents,
    };
  }

  /** Says that this server is gone, as its last record, and ends the connection. */
  async leave(): Promise<void> {
    const canLeave = this.engine.state === "connected" && !isHalted(this.log);
    await this.log.leave(canLeave ? LEAVE_MS : 0);
    this.view[Symbol.dispose]();
    this.beats[Symbol.dispose]();
    this.health[Symbol.dispose]();
    this.#answering[Symbol.dispose]();
    await this.log[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
  }

  /** Gives snapshots to servers that join, and tells the status of this one. */
  #answer(figures: OwnFigures): void {
    const { bus, name, serverId: server } = this;
    const isInStep = () => haltOf(this.log) === null && this.engine.state === "connected";
    const applied = () => isInStep() ? this.#machine.applied : null;
    const onOlder = (server: string | null) => this.#olderListeners.tell(server);
    const giving = { bus, name, server, applied, onOlder };
    this.#answering.use(new SnapshotGiver({ ...giving, ...this.#snapshots }));
    const { beats, log } = this;
    this.#answering.use(guardDivergence({ bus, name, beats, machine: this.#machine, log }));
    this.#answering.use(answerForget(bus, this, this.log));
    const rows = new CatalogueRows(this.#database);
    this.#answering.use(answerAdminChanges({ name, bus, log, rows }));
    const statusAt = (place: number) => this.#statusAt(place, figures);
    this.#answering.use(answerStatus(bus, { name, server }, statusAt));
  }

  #statusAt(place: number, figures: OwnFigures): ServerStatus {
    const { clients, checks } = figures();
    return {
      server: this.serverId,
      incarnation: this.log.incarnation,
      applied: this.#machine.applied,
      chain: this.#machine.chain,
      chainAtPlace: this.#machine.chainAt(place),
      stop: haltOf(this.log),
      clients,
      copiesMissing: this.copiesMissing,
      copies: this.copies === null ? null : String(this.copies),
      checks,
      known: readKnownServers(this.#database),
    };
  }

  /** An entry that is refused was appended by another server, or is appended again by the next run. */
  #append(entry: Parameters<EngineLog["append"]>[0]): void {
    this.log.append(entry).catch(() => {});
  }

  /** The incarnations that are not gone, without the present one of this server. */
  #otherIncarnations(): string[] {
    return liveIncarnations(this.#database).filter((each) => each !== this.log.incarnation);
  }
}
