import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const MEMBERS = tests("cluster/neighbours");
const NICKS = tests("cluster/nick_entries");

/** Defects by which members of several servers do not see each other, or lose what they have told. */
export const NEIGHBOURS: readonly Mutant[] = [
  ...mutantsOf("lib/cluster/nick_entries.ts", NICKS, {
    "a nick in use on another server is taken": [
      "holder.get(origin, member, folded) !== undefined ||",
      "",
    ],
    "a nick that looks like one of another server is taken": [
      "(!isOwn && lookalike",
      "(false && lookalike",
    ],
    "a server gets numbers of guests that another one has": [
      "?.guests) - count + 1",
      "?.guests) - count",
    ],
  }),
  ...mutantsOf("lib/cluster/server_entries.ts", NICKS, {
    "the nicks of a server that is gone stay taken": ["freeNicks.run(incarnation);", ""],
  }),
  ...mutantsOf("lib/cluster/kept_entries.ts", tests("cluster/kept_entries"), {
    "a message stays that has arrived": ["kept.remove(number);", ""],
  }),
  ...mutantsOf("lib/chat/kept_changes.ts", tests("cluster/kept_entries"), {
    "a message is kept twice": ["if (known !== undefined) {", "if (false) {"],
  }),
  ...mutantsOf("lib/cluster/remote_roster.ts", tests("property/rosters"), {
    "a roster goes on after a lost message": [
      "version === this.#version + 1 && changes.length > 0",
      "version > this.#version",
    ],
    "members stay that have left while messages were lost": [
      "const missing = isWhole ?",
      "const missing = false ?",
    ],
    "a change is told before what the member has said": [
      "({ place }) => place > applied",
      "() => false",
    ],
  }),
  ...mutantsOf("lib/cluster/own_roster.ts", tests("property/rosters"), {
    "a member that has left stays with the others": [
      "this.#changes.set(number, { isLost });",
      "",
    ],
  }),
  ...mutantsOf("lib/cluster/nick_claims.ts", MEMBERS, {
    "two members have a nick after a server was taken for gone": [
      "if (member.nick === nick) this.#target",
      "if (false) this.#target",
    ],
  }),
  ...mutantsOf("lib/chat/private_messages.ts", MEMBERS, {
    "a message to a server that is not there is lost": [
      "if (mailbox === null) throw undelivered();\n    return await",
      "if (mailbox === null || mailbox !== null) throw undelivered();\n    return await",
    ],
  }),
  ...mutantsOf("lib/chat/rooms.ts", MEMBERS, {
    "a crowd of several servers is told of each member": [
      "remote + room.size > LIMITS.presenceMembers",
      "remote + room.size > Infinity",
    ],
  }),
];
