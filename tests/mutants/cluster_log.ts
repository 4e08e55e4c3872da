import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const APPENDER = tests("cluster/appender", "cluster/halted_appender");
const LOG = tests("cluster/engine_log");
const BARRIER = tests("cluster/barrier");
const HEALTH = tests("cluster/health");

/** Defects by which a server of a cluster loses, doubles or hides what it appends. */
export const CLUSTER_LOG: readonly Mutant[] = [
  ...mutantsOf("lib/cluster/appender.ts", APPENDER, {
    "a second record leaves before the first has come back": [
      "if (isHeld || this.#inFlight !== null || this.#waiting",
      "if (isHeld || this.#waiting",
    ],
    "what was in flight is lost with the incarnation": [
      "ofPresent([...again, ...this.#waiting])",
      "[...this.#waiting]",
    ],
    "what members that have left have said is appended again": [
      "ofPresent([...again, ...this.#waiting])",
      "[...again, ...this.#waiting]",
    ],
    "the records of another incarnation do not begin with 1": ["this.#number = 0;", ""],
    "a record is larger than its limit": ["Math.max(1, at)", "at + 1"],
    "an entry that never left is not refused": ["this.#reject(at < 0 ?", "this.#reject(at < -1 ?"],
    "what waits leaves while the log is out of reach": ["this.#isPaused = isPaused;", ""],
    "what is in flight at a halted server is never answered": [
      "const giveUp = () => this.#inFlight?.giveUp(outcomeUnknown());",
      "const giveUp = () => {};",
    ],
    "what is in flight is given up where entries are taken again": [
      "    this.#endTimers();\n    this.#schedule();",
      "    this.#schedule();",
    ],
    "a halted server appends": ["this.#isPaused || this.#isRefusing;", "this.#isPaused;"],
  }),
  ...mutantsOf("lib/cluster/record_in_flight.ts", APPENDER, {
    "what was given up is appended again": ["this.#isGivenUp = true;", ""],
  }),
  ...mutantsOf("lib/cluster/engine_log.ts", LOG, {
    "a server goes on as an incarnation that is gone": [
      "this.#appender.restart(this.#newIncarnation());",
      "",
    ],
    "entries are taken while none can be applied": [
      "else this.#appender.refuse(refusalOf(stop), keptMsOf(stop));",
      "",
    ],
    "an entry is answered before it is told": [
      "    this.#listeners.flush();\n    if (own !== null) this.#appender.settle(own.n, own.results);",
      "    if (own !== null) this.#appender.settle(own.n, own.results);\n    setTimeout(() => this.#listeners.flush());",
    ],
    "a server that has diverged goes on after another failure": [
      "    if (this.#retry !== null) clearTimeout(this.#retry);\n    this.#retry = mayPass",
      "    this.#retry = mayPass",
    ],
    "a server that stops does not say that it is gone": [
      "await deadline(gone.catch(() => {}), timeoutMs, undefined);",
      "",
    ],
  }),
  ...mutantsOf("lib/cluster/barrier.ts", BARRIER, {
    "a request passes before the last record is applied": [
      "if (place <= this.#options.applied()) return Promise.resolve();",
      "return Promise.resolve();",
    ],
    "a request shares a question that was sent before": [
      "if (this.#asking === null) return this.#asking = this.#send();",
      "return this.#asking ??= this.#send();",
    ],
  }),
  ...mutantsOf("lib/cluster/health.ts", HEALTH, {
    "a log that went back is not told": ['if (broken !== null) return "log-lost";', ""],
    "an outage is told at once": [">= this.#noticeMs", ">= 0"],
  }),
  ...mutantsOf("lib/cluster/heal_watch.ts", tests("cluster/heal_watch"), {
    "a server stops that no other one gives a state": [
      "if (!await hasGiver(options, hasLost ? row.applied + 1 : extent.first - 1)) return null;",
      "",
    ],
    "a server stops that no other one gives what the log has lost": [
      "hasLost ? row.applied + 1 : extent.first - 1",
      "extent.first - 1",
    ],
    "a server stays halted whose log has lost a record": [
      "hasLost || extent.first >",
      "extent.first >",
    ],
    "a server stops whose disk has no room for a state": [
      "if (!await hasRoom(options)) return null;",
      "",
    ],
    "a server that is as right as the others takes their state": ['=== "wrong";', '!== "right";'],
    "a log that went on without this server is taken for its own": ['verdict === "open" || ', ""],
    "a server stops whose log is another one": [
      "if (!isOwnLog) return null;",
      "if (extent === null || row === null) return null;",
    ],
    "a server that only an update helps stops": ['if (stop?.code === "newer") return null;', ""],
  }),
  ...mutantsOf("lib/cluster/joined_view.ts", tests("cluster/join"), {
    "a halted server keeps what a client says elsewhere waiting": [
      "if (isListening === (this.#answering !== null)) return;",
      "if (!isListening || this.#answering !== null) return;",
    ],
    "clients are sent to a server that is halted": [
      ".filter(({ stop }) => stop === null)",
      "",
      tests("cluster/beats"),
    ],
  }),
  ...mutantsOf("lib/cli/server/lasting_server.ts", tests("cli/lasting_server"), {
    "a server restarts without end": ["|| isSoon ||", "||"],
    "a server that does not start is given up": [
      "while (!signal.aborted) {",
      "for (let i = 0; i < 1; i++) {",
    ],
    "a server starts again on another port": ["await this.#open({ port })", "await this.#open({})"],
  }),
];
