import type { MemberRow } from "../chat/remote_member.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { numberOf, type RosterChange } from "./member_rows.ts";
import type { RosterMessage, RosterPage } from "./roster_messages.ts";

/** How often in a row the list of members is asked for, where messages are lost meanwhile. */
const ATTEMPTS = 3;

/** What a {@link RemoteRoster} tells of the members of its server. */
export interface RosterListener {
  set(row: MemberRow, place: number): void;
  delete(number: number, isLost: boolean): void;
}

/** What a {@link RemoteRoster} is made of. */
export interface RemoteRosterOptions {
  readonly listener: RosterListener;
  /** Asks the server for the members whose numbers are above `after`, if given. Rejects if it does not answer. */
  readonly ask: (after: number | null) => Promise<RosterPage>;
  /** The place up to which this server has applied the log. */
  readonly applied: () => number;
}

/** Changes that wait until the log is applied up to where they belong. */
interface WaitingChanges {
  readonly place: number;
  /** Whether the changes are all members that there are. */
  readonly isWhole: boolean;
  readonly changes: readonly RosterChange[];
}

/**
 * The members of another server, as it tells them. Where a message is missing, all of them are asked for.
 * A change is told once this server has applied the log as far as the other one had: `left` follows what
 * the member has said.
 */
export class RemoteRoster {
  readonly #options: RemoteRosterOptions;
  /** The members that the listener knows of. */
  readonly #told = new Set<number>();
  /** The number of the last message that was taken; `null` while members may be missing. */
  #version: number | null = null;
  /** What has come while the list is asked for; `null` if it is not. */
  #heard: RosterMessage[] | null = null;
  #waiting: WaitingChanges[] = [];
  #isDropped = false;

  /** Knows no members yet. */
  constructor(options: RemoteRosterOptions) {
    this.#options = options;
  }

  /** Takes a message of the server. */
  hear(message: RosterMessage): void {
    if (this.#heard !== null) this.#keep(message);
    else if (!this.#take(message)) this.ask();
    this.advance();
  }

  /** Asks for all members, unless that is under way. Never rejects: it is done again at the next message. */
  async ask(): Promise<void> {
    if (this.#heard !== null || this.#isDropped) return;
    this.#version = null;
    for (let i = 0; i < ATTEMPTS && this.#version === null && !this.#isDropped; i++) {
      this.#heard = [];
      try {
        this.#restart(await this.#askAll());
      } catch {
        break;
      } finally {
        this.#heard = null;
      }
    }
    this.advance();
  }

  /** Tells what belongs before the place up to which the log is applied now. */
  advance(): void {
    const applied = this.#options.applied();
    const at = this.#waiting.findIndex(({ place }) => place > applied);
    const due = this.#waiting.splice(0, at < 0 ? this.#waiting.length : at);
    for (const waiting of due) if (!this.#isDropped) this.#tell(waiting);
  }

  /** Ends it: the server is gone. */
  drop(): void {
    this.#isDropped = true;
    this.#waiting = [];
  }

  async #askAll(): Promise<RosterPage> {
    const first = await this.#options.ask(null);
    const changes = [...first.changes];
    let { hasMore, place } = first;
    for (let last = changes.at(-1); hasMore && last !== undefined; last = changes.at(-1)) {
      const page = await this.#options.ask(numberOf(last));
      changes.push(...page.changes);
      place = page.place;
      hasMore = page.hasMore && page.changes.length > 0;
    }
    return { ...first, place, changes, hasMore };
  }

  /** What was heard since the first page follows it, or one more is missing. */
  #restart({ version, place, changes }: RosterPage): void {
    const heard = this.#heard ?? [];
    this.#version = version;
    this.#waiting = [{ place, isWhole: true, changes }];
    for (const message of heard) if (!this.#take(message)) return;
  }

  /** Returns whether no message is missing before this one. */
  #take({ version, place, changes }: RosterMessage): boolean {
    if (this.#version === null) return false;
    if (version <= this.#version) return true;
    const isNext = version === this.#version + 1 && changes.length > 0;
    const waiting = this.#waiting.reduce((sum, waits) => sum + waits.changes.length, 0);
    if (!isNext || waiting > CLUSTER_LIMITS.rosterWaiting) {
      this.#version = null;
      return false;
    }
    this.#version = version;
    this.#waiting.push({ place, isWhole: false, changes });
    return true;
  }

  /** The oldest ones go where there are too many: then the list is asked for again. */
  #keep(message: RosterMessage): void {
    if (message.changes.length === 0 && message.version === 0) return;
    this.#heard?.push(message);
    const count = Math.ceil(CLUSTER_LIMITS.rosterWaiting / CLUSTER_LIMITS.rosterRows);
    if (this.#heard !== null && this.#heard.length > count) this.#heard.shift();
  }

  #tell({ place, isWhole, changes }: WaitingChanges): void {
    const { listener } = this.#options;
    const present = new Set(changes.map(numberOf));
    const missing = isWhole ? [...this.#told].filter((number) => !present.has(number)) : [];
    for (const number of missing) this.#delete(number, true);
    for (const change of changes) {
      if ("number" in change) this.#delete(change.number, change.isLost);
      else {
        this.#told.add(change.row.number);
        listener.set(change.row, place);
      }
    }
  }

  #delete(number: number, isLost: boolean): void {
    if (this.#told.delete(number)) this.#options.listener.delete(number, isLost);
  }
}
