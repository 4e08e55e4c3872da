import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const EVERY = tests("e2e/every");

/** Defects in transfers that are repeated. */
export const ROUNDS: readonly Mutant[] = [
  ...mutantsOf("lib/cli/commands/run_rounds.ts", EVERY, {
    "rounds: the exit code of the last round is lost": [
      "return exitCode;\n      }",
      "return 0;\n      }",
    ],
    "rounds: an interrupted wait counts as an interruption": [
      "if (!signal.aborted) await pause(everyMs, signal);",
      "await pause(everyMs, signal);\n      signal.throwIfAborted();",
    ],
  }),
  ...mutantsOf("lib/client/reconnecting_client.ts", tests("client/reconnecting_client"), {
    "rounds: a lost connection is not made again": [
      "if (!client.isClosed) return client;",
      "return client;",
    ],
  }),
  ...mutantsOf("lib/cli/commands/record_sums.ts", tests("cli/round_sums"), {
    "rounds: a round that failed drops sums": [
      "isWhole ? round : new Map([...listed, ...round])",
      "round",
    ],
  }),
  ...mutantsOf("lib/cli/view/omission_report.ts", tests("cli/rounds_view"), {
    "rounds: what is left out is said in each round": [
      "if (this.#before.named.has(path)) continue;",
      "",
    ],
  }),
  ...mutantsOf("lib/cli/commands/mirror.ts", EVERY, {
    "rounds: a mirror deletes its list of sums": ["of kept) {", "of kept.slice(1)) {"],
  }),
  ...mutantsOf("lib/cli/client/client_commands.ts", EVERY, {
    "rounds: each version of a file becomes another one": [
      "if (everyMs !== null && !values.replace)",
      "if (false)",
    ],
  }),
];
