import { COMPLETIONS } from "./completions.ts";
import { ADDRESSES } from "./addresses.ts";
import { DISCOVERY } from "./discovery.ts";
import { ENDINGS } from "./endings.ts";
import { FAULTY } from "./faulty.ts";
import { FILES } from "./files.ts";
import { FUZZED } from "./fuzzed.ts";
import { LIMITS_OF_PEERS } from "./limits.ts";
import { DOCTOR } from "./doctor.ts";
import { LOGINS } from "./logins.ts";
import type { Mutant } from "./mutant.ts";
import { PATH_RULES } from "./paths.ts";
import { RECONNECTING } from "./reconnecting.ts";
import { RIGHTS } from "./rights.ts";
import { TRANSFERS } from "./transfers.ts";
import { WEB } from "./web.ts";

/** All mutants. */
export const MUTANTS: readonly Mutant[] = [
  ...RIGHTS,
  ...DOCTOR,
  ...LOGINS,
  ...LIMITS_OF_PEERS,
  ...PATH_RULES,
  ...FILES,
  ...TRANSFERS,
  ...ENDINGS,
  ...RECONNECTING,
  ...WEB,
  ...COMPLETIONS,
  ...FUZZED,
  ...FAULTY,
  ...ADDRESSES,
  ...DISCOVERY,
];
