import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { checkNick, foldNick } from "../protocol/chat_names.ts";
import type { Ban, BanTarget } from "./ban.ts";
import { BanChanges } from "./ban_changes.ts";
import { canonicalAddress, canonicalNetwork, networkContains } from "../stream/ip_address.ts";

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
  readonly #changes: BanChanges;
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
    this.#changes = new BanChanges(database);
    this.#find = database.prepare(
      `SELECT * FROM bans
       WHERE kind = ? AND subject = ? AND (expires_ms IS NULL OR expires_ms > ?)`,
    );
    this.#networks = database.prepare(
      `SELECT * FROM bans
       WHERE kind = 'address' AND subject LIKE '%/%' AND (expires_ms IS NULL OR expires_ms > ?)`,
    );
    this.#list = database.prepare(
      `SELECT * FROM bans WHERE expires_ms IS NULL OR expires_ms > ?
       ORDER BY since_ms, kind, subject`,
    );
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
    const target = checkedBanTarget(addressOrNick);
    const sinceMs = Date.now();
    const expiresMs = durationMs === undefined ? null : sinceMs + durationMs;
    const ban = { ...target, sinceMs, expiresMs, reason };
    this.#changes.set(ban);
    return ban;
  }

  /**
   * Lifts a ban.
   *
   * @returns whether there was a ban
   * @throws if the database fails
   */
  unban(addressOrNick: string): boolean {
    this.#checkStorage();
    return this.#changes.remove(banTarget(addressOrNick), Date.now());
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
    return this.#list.all(Date.now()).map(banOf);
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

/** The target of a ban, as {@link Bans.ban} takes it. */
export function banTarget(addressOrNick: string): BanTarget {
  const address = canonicalAddress(addressOrNick) ?? canonicalNetwork(addressOrNick);
  if (address !== null) return { kind: "address", subject: address };
  return { kind: "nick", subject: foldNick(addressOrNick) };
}

/** The same, of a text that an operator has typed. @throws {RequestError} `bad-request` */
export function checkedBanTarget(addressOrNick: string): BanTarget {
  const target = banTarget(addressOrNick);
  if (target.kind === "nick") checkNick(addressOrNick);
  return target;
}

/** Whether a ban is one of the address, which is in its canonical form. */
export function bansAddress({ kind, subject }: BanTarget, address: string): boolean {
  if (kind !== "address") return false;
  return subject.includes("/") ? networkContains(subject, address) : subject === address;
}
