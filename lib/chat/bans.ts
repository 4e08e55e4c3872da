import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { checkNick, foldNick } from "../protocol/chat_names.ts";
import { canonicalAddress, canonicalNetwork, networkContains } from "../stream/ip_address.ts";

/** A ban of an address, a network or a nick. */
export interface Ban {
  /** `nick` stands for the account of that name, too. */
  readonly kind: "address" | "nick";
  /** The address or the network (CIDR) in its canonical form, or the folded nick. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** When the ban expires, milliseconds since 1970; `null` for never. */
  readonly expiresMs: number | null;
  /** Text of the operator; may be empty. */
  readonly reason: string;
}

/** Options of a ban. */
export interface BanOptions {
  /** Default: the ban never expires. */
  readonly durationMs?: number;
  /** Default: none. */
  readonly reason?: string;
}

/** The bans, in the database. An expired ban counts as none. */
export class Bans {
  readonly #checkStorage: () => void;
  readonly #set: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteExpired: StatementSync;
  readonly #find: StatementSync;
  readonly #networks: StatementSync;
  readonly #list: StatementSync;

  /**
   * Uses the database, does not own it.
   *
   * @param checkStorage throws if the database has lost its file: a ban would be gone
   */
  constructor(database: DatabaseSync, checkStorage: () => void = () => {}) {
    this.#checkStorage = checkStorage;
    this.#set = database.prepare("INSERT OR REPLACE INTO bans VALUES (?, ?, ?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM bans WHERE kind = ? AND subject = ?");
    this.#deleteExpired = database.prepare("DELETE FROM bans WHERE expires_ms <= ?");
    this.#find = database.prepare(
      `SELECT * FROM bans
       WHERE kind = ? AND subject = ? AND (expires_ms IS NULL OR expires_ms > ?)`,
    );
    this.#networks = database.prepare(
      `SELECT * FROM bans
       WHERE kind = 'address' AND subject LIKE '%/%' AND (expires_ms IS NULL OR expires_ms > ?)`,
    );
    this.#list = database.prepare("SELECT * FROM bans ORDER BY since_ms, kind, subject");
  }

  /**
   * Bans an address or a network, such as `10.1.0.0/16` and `10.1.*`; any other text is a nick.
   * Replaces an earlier ban.
   *
   * @throws {RequestError} `bad-request` for a text that is none of these
   * @throws if the database fails
   */
  ban(addressOrNick: string, { durationMs, reason = "" }: BanOptions = {}): Ban {
    this.#checkStorage();
    const target = banTarget(addressOrNick);
    if (target.kind === "nick") checkNick(addressOrNick);
    const sinceMs = Date.now();
    const expiresMs = durationMs === undefined ? null : sinceMs + durationMs;
    this.#set.run(target.kind, target.subject, sinceMs, expiresMs, reason);
    return { ...target, sinceMs, expiresMs, reason };
  }

  /**
   * Lifts a ban.
   *
   * @returns whether there was a ban
   * @throws if the database fails
   */
  unban(addressOrNick: string): boolean {
    this.#checkStorage();
    this.#deleteExpired.run(Date.now());
    const { kind, subject } = banTarget(addressOrNick);
    return Number(this.#delete.run(kind, subject).changes) > 0;
  }

  /**
   * The ban of an address, in any form, or of a network that it lies in, or `null`.
   *
   * @throws if the database fails
   */
  findAddress(address: string): Ban | null {
    const exact = this.#findSubject("address", canonicalAddress(address) ?? address);
    if (exact !== null) return exact;
    const networks = this.#networks.all(Date.now()).map(banOf);
    return networks.find(({ subject }) => networkContains(subject, address)) ?? null;
  }

  /**
   * The ban of a nick or an account's name, in any case, or `null`.
   *
   * @throws if the database fails
   */
  findName(name: string): Ban | null {
    return this.#findSubject("nick", foldNick(name));
  }

  /**
   * All bans, oldest first.
   *
   * @throws if the database fails
   */
  list(): Ban[] {
    this.#deleteExpired.run(Date.now());
    return this.#list.all().map(banOf);
  }

  #findSubject(kind: Ban["kind"], subject: string): Ban | null {
    const row = this.#find.get(kind, subject, Date.now());
    return row === undefined ? null : banOf(row);
  }
}

function banOf(row: Record<string, SQLOutputValue>): Ban {
  return {
    kind: row.kind === "address" ? "address" : "nick",
    subject: String(row.subject),
    sinceMs: Number(row.since_ms),
    expiresMs: row.expires_ms === null ? null : Number(row.expires_ms),
    reason: String(row.reason),
  };
}

/** What a ban is about. */
export type BanTarget = Pick<Ban, "kind" | "subject">;

/** The target of a ban, as {@link Bans.ban} takes it. */
export function banTarget(addressOrNick: string): BanTarget {
  const address = canonicalAddress(addressOrNick) ?? canonicalNetwork(addressOrNick);
  if (address !== null) return { kind: "address", subject: address };
  return { kind: "nick", subject: foldNick(addressOrNick) };
}

/** Whether a ban is one of the address, which is in its canonical form. */
export function bansAddress({ kind, subject }: BanTarget, address: string): boolean {
  if (kind !== "address") return false;
  return subject.includes("/") ? networkContains(subject, address) : subject === address;
}
