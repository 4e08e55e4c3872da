import { BATCHES } from "./batches.ts";
import { CLUSTER } from "./cluster.ts";
import { CLUSTER_LOG } from "./cluster_log.ts";
import { CONTENTS } from "./contents.ts";
import { COMPLETIONS } from "./completions.ts";
import { ADDRESSES } from "./addresses.ts";
import { DISCOVERY } from "./discovery.ts";
import { ENDINGS } from "./endings.ts";
import { FAULTY } from "./faulty.ts";
import { FILES } from "./files.ts";
import { FUZZED } from "./fuzzed.ts";
import { LIMITS_OF_PEERS } from "./limits.ts";
import { DOCTOR } from "./doctor.ts";
import { LINKS } from "./links.ts";
import { LOGINS } from "./logins.ts";
import type { Mutant } from "./mutant.ts";
import { NEIGHBOURS } from "./neighbours.ts";
import { PATH_RULES } from "./paths.ts";
import { RECONNECTING } from "./reconnecting.ts";
import { RIGHTS } from "./rights.ts";
import { ROUNDS } from "./rounds.ts";
import { SUMS } from "./sums.ts";
import { TRANSFERS } from "./transfers.ts";
import { WEB } from "./web.ts";

/** All mutants. */
export const MUTANTS: readonly Mutant[] = [
  ...RIGHTS,
  ...LINKS,
  ...DOCTOR,
  ...LOGINS,
  ...LIMITS_OF_PEERS,
  ...PATH_RULES,
  ...FILES,
  ...BATCHES,
  ...SUMS,
  ...TRANSFERS,
  ...ROUNDS,
  ...ENDINGS,
  ...RECONNECTING,
  ...WEB,
  ...CLUSTER,
  ...CLUSTER_LOG,
  ...NEIGHBOURS,
  ...CONTENTS,
  ...COMPLETIONS,
  ...FUZZED,
  ...FAULTY,
  ...ADDRESSES,
  ...DISCOVERY,
];
