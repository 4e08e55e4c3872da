import type { History } from "./history.ts";
import type { Journal, JournalTarget } from "./journal.ts";
import type { KeptMessages } from "./kept_messages.ts";
import type { Neighbours, NeighbourTarget } from "./neighbours.ts";

/** The storage of a hub's messages. */
export interface ChatStore {
  readonly history: History;
  /** Private messages for clients that are away. */
  readonly kept: KeptMessages;
  /** Opens the journal, which delivers to `target`. The hub closes it. */
  openJournal(target: JournalTarget): Journal;
  /** Opens what connects the hub with the other servers of a cluster. Absent for a server alone. The hub closes it. */
  openNeighbours?(target: NeighbourTarget): Neighbours;
}
