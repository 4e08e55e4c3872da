import { CLUSTER } from "./cluster.ts";
import { CUT } from "./cut.ts";
import { FLIP } from "./flip.ts";
import { FULL_DISK } from "./full_disk.ts";
import { KILL } from "./kill.ts";
import type { Kind } from "./kind.ts";
import { PART } from "./part.ts";
import { RESUME } from "./resume.ts";
import { STOP } from "./stop.ts";
import { SYNC } from "./sync.ts";

/** All kinds of faults. */
export const KINDS: readonly Kind[] = [
  KILL,
  CUT,
  RESUME,
  FLIP,
  PART,
  FULL_DISK,
  STOP,
  SYNC,
  CLUSTER,
];
