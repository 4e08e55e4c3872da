import type { Mailbox } from "./mailbox.ts";
import type { Person } from "./person.ts";

/** Names a member of a server of the cluster. */
export interface MemberAddress {
  /** The incarnation of its server. */
  readonly home: string;
  /** Its number there. */
  readonly number: number;
}

/** What a server tells the others of one of its members. */
export interface MemberRow extends Person {
  readonly number: number;
  /** Where private messages are kept for the client; `null` if it does not come back. */
  readonly mailbox: Mailbox | null;
}

/** A member of another server. Only this folder changes it. */
export class RemoteMember implements Person, MemberAddress {
  readonly home: string;
  #row: MemberRow;
  /** The place in the log since which the nick is known. */
  #nickPlace: number;

  /** @param place how far the server had applied the log when it told the row */
  constructor(home: string, row: MemberRow, place: number) {
    this.home = home;
    this.#row = row;
    this.#nickPlace = place;
  }

  /** Its number on its server. */
  get number(): number {
    return this.#row.number;
  }

  get nick(): string {
    return this.#row.nick;
  }

  get user(): string | null {
    return this.#row.user;
  }

  get sinceMs(): number {
    return this.#row.sinceMs;
  }

  get protocol(): 1 | 2 {
    return this.#row.protocol;
  }

  get away(): string | null {
    return this.#row.away;
  }

  get roomNames(): readonly string[] {
    return this.#row.roomNames;
  }

  /** Where private messages are kept for the client; `null` if it does not come back. */
  get mailbox(): Mailbox | null {
    return this.#row.mailbox;
  }

  /** Takes what its server tells; a nick that the log has told later stays. */
  setRow(row: MemberRow, place: number): void {
    this.#row = place < this.#nickPlace ? { ...row, nick: this.nick } : row;
    this.#nickPlace = Math.max(place, this.#nickPlace);
  }

  /** Takes the nick that the log tells at a place. */
  setNick(nick: string, place: number): void {
    this.#row = { ...this.#row, nick };
    this.#nickPlace = place;
  }
}
