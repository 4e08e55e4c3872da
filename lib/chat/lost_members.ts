import { BoundedMap } from "../async/bounded_map.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Mailbox } from "./mailbox.ts";

/** A member that has lost its connection. */
export interface LostMember {
  readonly nick: string;
  readonly mailbox: Mailbox;
}

/** Members of accounts whose connection was lost, on any server, and that are not back. */
export class LostMembers {
  /** By folded nick. */
  readonly #lost = new BoundedMap<string, LostMember>(LIMITS.lostMembers);

  /** The lost member that had a nick, in any case, or `null`. */
  find(nick: string): LostMember | null {
    return this.#lost.get(foldNick(nick)) ?? null;
  }

  /** A member has lost its connection: what it may fetch as a member of its account is kept. */
  add({ nick, mailbox }: { readonly nick: string; readonly mailbox: Mailbox | null }): void {
    if (mailbox === null || mailbox.endsWithClient) return;
    this.#lost.set(foldNick(nick), { nick, mailbox });
  }

  /** A member of an account is back, under whatever nick: messages go to that one. */
  forget({ owner }: Mailbox): void {
    for (const [nick, { mailbox }] of this.#lost.entries()) {
      if (mailbox.owner === owner) this.#lost.delete(nick);
    }
  }
}
