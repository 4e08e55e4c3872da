import { canonicalAddress } from "../stream/ip_address.ts";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { foldNick } from "../protocol/chat_names.ts";

/** Somebody who may not come in. */
export interface Ban {
  /** Whether it is of an address, or of a nick and the account of that name. */
  readonly kind: "address" | "nick";
  /** The address as the system writes it, or the nick in small letters. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** When it ends, milliseconds since 1970; `null` for never. */
  readonly expiresMs: number | null;
  /** May be empty. */
  readonly reason: string;
}

/** How somebody is banned. */
export interface BanOptions {
  /** Default: for ever. */
  readonly durationMs?: number;
  /** Default: none. */
  readonly reason?: string;
}

/** Who may not come in, in the database. Bans that are over are as good as none. */
export class Bans {
  readonly #set: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteOver: StatementSync;
  readonly #find: StatementSync;
  readonly #list: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#set = database.prepare("INSERT OR REPLACE INTO bans VALUES (?, ?, ?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM bans WHERE kind = ? AND subject = ?");
    this.#deleteOver = database.prepare("DELETE FROM bans WHERE expires_ms <= ?");
    this.#find = database.prepare(
      `SELECT * FROM bans
       WHERE kind = ? AND subject = ? AND (expires_ms IS NULL OR expires_ms > ?)`,
    );
    this.#list = database.prepare("SELECT * FROM bans ORDER BY since_ms, kind, subject");
  }

  /**
   * Bans an address, or anything else as a nick. A ban that is there already is replaced.
   *
   * @throws when the database fails
   */
  ban(addressOrNick: string, { durationMs, reason = "" }: BanOptions = {}): Ban {
    const target = targetOf(addressOrNick);
    const sinceMs = Date.now();
    const expiresMs = durationMs === undefined ? null : sinceMs + durationMs;
    this.#set.run(target.kind, target.subject, sinceMs, expiresMs, reason);
    return { ...target, sinceMs, expiresMs, reason };
  }

  /**
   * Lifts a ban.
   *
   * @returns whether there was one
   * @throws when the database fails
   */
  unban(addressOrNick: string): boolean {
    this.#deleteOver.run(Date.now());
    const { kind, subject } = targetOf(addressOrNick);
    return Number(this.#delete.run(kind, subject).changes) > 0;
  }

  /**
   * The ban that keeps a client out, or `null`.
   *
   * @param address as the connection has it
   * @param names its nick and the name of its account, as far as it has them
   * @throws when the database fails
   */
  find(address: string, ...names: readonly string[]): Ban | null {
    const nowMs = Date.now();
    const targets = [
      { kind: "address", subject: canonicalAddress(address) ?? address },
      ...names.map((name) => ({ kind: "nick", subject: foldNick(name) })),
    ];
    for (const { kind, subject } of targets) {
      const row = this.#find.get(kind, subject, nowMs);
      if (row !== undefined) return banOf(row);
    }
    return null;
  }

  /**
   * All bans, oldest first.
   *
   * @throws when the database fails
   */
  list(): Ban[] {
    this.#deleteOver.run(Date.now());
    return this.#list.all().map(banOf);
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

function targetOf(addressOrNick: string): Pick<Ban, "kind" | "subject"> {
  const address = canonicalAddress(addressOrNick);
  if (address !== null) return { kind: "address", subject: address };
  return { kind: "nick", subject: foldNick(addressOrNick) };
}
