import { ClusterJournal } from "../../lib/cluster/cluster_journal.ts";
import { type JournalStorage, testJournal } from "../chat/journal_contract.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { MemoryCluster } from "../helpers/memory_engine.ts";
import { LogScene } from "../helpers/log_scene.ts";

/** A storage whose server is cut off from the log. */
function openStorage(): JournalStorage {
  const scene = new LogScene(new MemoryCluster(1), { stalledMs: 1_500 * PATIENCE });
  return {
    open: (target) => new ClusterJournal(scene.log, target),
    break: () => scene.engine.cut(),
    repair: () => scene.engine.mend(),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  };
}

testJournal("ClusterJournal", openStorage);
