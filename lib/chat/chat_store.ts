import type { History } from "./history.ts";
import type { Journal, JournalTarget } from "./journal.ts";

/** The storage of a hub's messages. */
export interface ChatStore {
  readonly history: History;
  /** Opens the journal, which delivers to `target`. The hub closes it. */
  openJournal(target: JournalTarget): Journal;
}
