import type { Journal, JournalEntry, JournalTarget, Outcome } from "../chat/journal.ts";
import { toRoomEvent } from "../chat/kept_event.ts";
import { Member } from "../chat/member.ts";
import { RequestError } from "../protocol/errors.ts";
import { toKeptEvent } from "./chat_entries.ts";
import type { EngineLog } from "./engine_log.ts";
import type { Applied } from "./entry.ts";

/**
 * The journal of a server in a cluster: entries of the log, delivered when they are applied here. Uses the
 * log, does not own it.
 */
export class ClusterJournal implements Journal {
  readonly #log: Pick<EngineLog, "append" | "after" | "caughtUp" | "onRun">;
  readonly #listening: Disposable;
  #pending = 0;
  #isClosed = false;

  /** Delivers to `target` what any server appends, until it is closed and nothing of its own is under way. */
  constructor(
    log: Pick<EngineLog, "append" | "after" | "caughtUp" | "onRun">,
    target: JournalTarget,
  ) {
    this.#log = log;
    this.#listening = log.onRun("say", (run) => target.deliver(run.map(toStoredEntry)));
  }

  async append({ room, draft }: JournalEntry, author: Member | null): Promise<Outcome> {
    if (this.#isClosed) throw new RequestError("shutting-down");
    this.#pending++;
    try {
      return await this.#log.append({ kind: "say", room, draft }, author);
    } finally {
      this.#pending--;
      this.#endIfIdle();
    }
  }

  after(action: () => void): void {
    this.#log.after(action);
  }

  /** Does nothing: only the log can say what is stored. */
  flush(): void {}

  caughtUp(): Promise<void> {
    return this.#log.caughtUp();
  }

  /** Later appends reject with `shutting-down`. What waits is still appended. */
  close(): void {
    this.#isClosed = true;
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    if (this.#isClosed && this.#pending === 0) this.#listening[Symbol.dispose]();
  }
}

function toStoredEntry({ entry, outcome, token }: Applied<"say">) {
  const event = toKeptEvent(entry, outcome);
  const author = token instanceof Member ? token : null;
  return { event, json: JSON.stringify(toRoomEvent(event)), author };
}
