import type { BusMessage } from "../../lib/cluster/engine.ts";

/** What listens to a subject. */
export interface Subscriber {
  readonly subject: string;
  readonly group: string | null;
  readonly onMessage: (message: BusMessage) => void;
}

/** A message, whose methods need it as their receiver as those of other engines do. */
export class MemoryMessage implements BusMessage {
  readonly payload: Uint8Array;
  readonly #respond: (payload: Uint8Array) => void;

  constructor(payload: Uint8Array, respond: (payload: Uint8Array) => void) {
    this.payload = payload;
    this.#respond = respond;
  }

  respond(payload: Uint8Array): void {
    this.#respond(payload);
  }
}

/** Whether a subject is one of a pattern: `*` stands for a word, `>` for the rest. */
export function matches(pattern: string, subject: string): boolean {
  const words = subject.split(".");
  const parts = pattern.split(".");
  if (parts.at(-1) !== ">" && parts.length !== words.length) return false;
  return parts.every((part, i) => part === ">" || part === "*" || part === words[i]);
}

/** Those of the subscribers that get a message: all that are in no group, and one of each group. */
export function receiversOf(
  found: readonly Subscriber[],
  pick: (members: readonly Subscriber[]) => Subscriber,
): Subscriber[] {
  return [...Map.groupBy(found, ({ group }) => group)].flatMap(([group, members]) =>
    group === null ? members : [pick(members)]
  );
}
