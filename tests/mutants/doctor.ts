import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const DIAGNOSE = tests("client/diagnose");
const NETWORK = tests("client/judge_network");
const TALK = tests("client/judge_talk");
const HOST = tests("server/judge_host");

/** Defects in what is found about a connection or a server's machine. */
export const DOCTOR: readonly Mutant[] = [
  ...mutantsOf("lib/client/diagnose.ts", DIAGNOSE, {
    "a password goes to an unknown server": [
      'if (isNew) return found("login-unproven");',
      "",
    ],
    "the checks go on behind a closed port": ["if (!isOpen) return;", ""],
    "checks that were not made are not told": [
      "for (const id of missing) yield",
      "for (const id of []) yield",
    ],
  }),
  ...mutantsOf("lib/client/seen_key.ts", DIAGNOSE, {
    "a new key passes for a known one": [
      'if (this.#isNew) return found("tls-new", { fingerprint });',
      "",
    ],
  }),
  ...mutantsOf("lib/client/measure.ts", tests("client/measure"), {
    "a folder is searched to its end": ["if (++count > LIMITS.searchedEntries) break;", ""],
    "a folder is searched one entry too far": [
      "++count > LIMITS.searchedEntries",
      "++count > LIMITS.searchedEntries + 1",
    ],
  }),
  ...mutantsOf("lib/client/judge_network.ts", NETWORK, {
    "an absent machine passes for a firewall": [
      'ms >= ABSENT_AFTER_MS || neighbour === "silent" ? "port-absent" : "port-rejected"',
      '"port-rejected"',
    ],
    "a VPN on the way is not told": ["VPN.test(way) && !names.includes(way)", "false"],
  }),
  ...mutantsOf("lib/client/judge_talk.ts", TALK, {
    "a black hole passes for a slow line": ["stuck > LARGEST_PACKET", "true"],
    "a clock may be off by any time": ["Math.abs(aheadMs) > CLOCK_OFF_MS", "false"],
  }),
  ...mutantsOf("lib/server/judge_host.ts", HOST, {
    "a readable key is no matter": ["isOpen && exposed.length > 0", "false"],
    "ufw without a rule passes for open": [
      'allows ? "firewall-open" : "firewall-ufw"',
      '"firewall-open"',
    ],
  }),
];
