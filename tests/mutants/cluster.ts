import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const SNAPSHOT = tests("cluster/snapshot");
const MACHINE = tests("cluster/state_machine");
const FOLLOWER = tests("cluster/log_follower");
const FILES = tests("cluster/catalogue", "cluster/catalogue_restart");
const NATS = tests("cluster/nats_engine", "cluster/nats_bus");

/** Defects by which the servers of a cluster get out of step, or lose what they have told. */
export const CLUSTER: readonly Mutant[] = [
  ...mutantsOf("lib/cluster/state_machine.ts", MACHINE, {
    "a record that is stored twice is applied twice": ['if (n <= last) return "repeated";', ""],
    "an incarnation that is gone still has effects": [
      'if (row !== undefined && row.gone !== null) return "gone";',
      "",
    ],
    "a server goes on that has applied other records": [
      "known !== null && known !== seenChain",
      "false",
    ],
    "a server goes on with a log that went back": ["seenPlace > this.#applied ||", ""],
    "a record of an origin may be missing": [
      'return n > last + 1 ? "diverged" : null;',
      "return null;",
    ],
    "a record of the log may be missing": [
      'if (place !== this.#applied + 1) throw new StopError("gap");',
      "",
    ],
    "the chain is not that of the payload": [
      "nextChain(this.#chain, record)",
      "nextChain(this.#chain, { ...record, payload: new Uint8Array() })",
    ],
    "a server counts on after it could not store": ["this.#applied = before.applied;", ""],
  }),
  ...mutantsOf("lib/cluster/root_pass.ts", FILES, {
    "a file that was removed while a server was away comes back": [
      "return await settleFile(this.#services, path, { ...holding, sha256: holding.sha256 });",
      "",
    ],
  }),
  ...mutantsOf("lib/cluster/place_left_parts.ts", FILES, {
    "an upload that died behind the log stays without a name": ["found !== sha256", "true"],
  }),
  ...mutantsOf("lib/cluster/log_follower.ts", FOLLOWER, {
    "a gap of the log is passed over": ["while (record?.place === this.#next)", "while (record)"],
    "the end of the log is not asked for": [
      "await extentOf(this.#source)",
      "await Promise.resolve<LogExtent | undefined>(undefined)",
    ],
    "another log is followed": ['if (epoch !== this.#epoch) return "replaced";', ""],
    "a log that begins later is followed": ['if (first > this.#next) return "trimmed";', ""],
    "a leader that is cut off is believed at once": [
      "shortMs >= this.#options.shortMs",
      "true",
    ],
    "a record is waited for that the log has lost": [
      'if (this.#isMissing(isAnswered)) return this.#giveUp("missing");',
      "",
    ],
    "a record counts as lost that cannot be read": [
      "const isLacking = isAnswered &&",
      "const isLacking =",
    ],
    "a record counts as lost that the leader does not have yet": [
      "this.#told >= place &&",
      "",
    ],
    "a lost connection is not asked about": [
      "source.onGap(() => this.#wake())",
      "source.onGap(() => {})",
    ],
  }),
  ...mutantsOf("lib/cluster/nats_log.ts", NATS, {
    "a record without an acknowledgement counts as stored": ["() => false,", "() => true,"],
    "the time of a record is lost": ["header.set(TIME, String(Date.now()));", ""],
    "a server of NATS that acknowledges nothing is kept": ["this.#link.moveOn();", ""],
  }),
  ...mutantsOf("lib/cluster/nats_bus.ts", NATS, {
    "messages of the past are sent later": [
      'if (this.#link.state === "connected") this.#link.connection.publish(subject, payload);',
      "this.#link.connection.publish(subject, payload);",
    ],
    "a request of the past is sent later": [
      'if (this.#link.state === "lost") throw new BusError("late", subject);',
      "",
    ],
  }),
  ...mutantsOf("lib/cluster/find_log.ts", tests("cluster/find_log"), {
    "a leader that is cut off is believed at the start": ["if (!isShort ||", "if (true ||"],
  }),
  ...mutantsOf("lib/cluster/chat_entries.ts", MACHINE, {
    "the time of a room goes back": ["Math.max(stampMs, last?.timeMs ?? 0)", "stampMs"],
    "a room that was forgotten begins at 1 again": ["last?.seq ?? roomFloor()", "last?.seq ?? 0"],
  }),
  ...mutantsOf("lib/cluster/server_entries.ts", MACHINE, {
    "a server is declared gone again and again": [
      "if (Number(setGone.run(incarnation, place).changes) === 0) throw",
      "setGone.run(incarnation, place); if (false) throw",
    ],
  }),
  ...mutantsOf("lib/files/database_snapshot.ts", SNAPSHOT, {
    "a snapshot forgets the last numbers": ["return [...shared, SEQUENCES];", "return shared;"],
    "a server loses what it has for itself": [
      "!LOCAL_TABLES.includes(table) && table !== SEQUENCES",
      "table !== SEQUENCES",
    ],
  }),
  ...mutantsOf("lib/files/cluster_tables.ts", tests("files/cluster_tables"), {
    "a server that leaves keeps nicks that nothing frees": [', "nicks"]', "]"],
  }),
  ...mutantsOf("lib/cluster/snapshot_giver.ts", SNAPSHOT, {
    "a snapshot is given that the log does not reach": ["isNew && last.place >= place", "isNew"],
    "a server gets a snapshot that it cannot read": [
      "if (schema === null || schema < this.#schema) {",
      "if (false) {",
    ],
  }),
  ...mutantsOf("lib/cluster/take_snapshot.ts", SNAPSHOT, {
    "a server takes a snapshot that it cannot read": ["|| (there ?? 0) > schema", ""],
    "a snapshot is taken whatever its hash is": [
      "download.finish() === offer.value.sha256",
      'download.finish() !== ""',
    ],
  }),
  ...mutantsOf("lib/cluster/chain.ts", MACHINE, {
    "the times of records are not compared": ["time.setFloat64(0, stampMs);", ""],
  }),
  ...mutantsOf("lib/cluster/inspect_cluster.ts", tests("cluster/inspect_cluster"), {
    "a server that is not there counts as the same": ["!chains.has(null)", "true"],
    "servers with other records count as the same": ["chains.size === 1", "chains.size > 0"],
    "a server that has stopped counts as the same": [
      "servers.every(({ status }) => status?.stop === null)",
      "true",
    ],
  }),
  ...mutantsOf("lib/cluster/divergence_watch.ts", tests("cluster/divergence_watch"), {
    "a server that is ahead is never compared": [
      "if (ahead.applied > machine.applied) continue;",
      "continue;",
    ],
  }),
  ...mutantsOf("lib/cluster/divergence_guard.ts", tests("cluster/join"), {
    "a server goes on with what a log that went back has other records for": [
      "judge(place - 1, place)",
      "judge(place - 1)",
    ],
  }),
  ...mutantsOf("lib/cluster/find_log.ts", tests("cluster/find_log"), {
    "a log that has lost a record counts as whole": ['what !== "missing"', "true"],
    "a log that goes on without a server counts as lost": ['what !== "missing"', "false"],
    "a log that went back counts as whole": [
      "if (records.some(isLost)) resolve(false);",
      "",
      tests("cluster/join"),
    ],
  }),
  ...mutantsOf("lib/cluster/judge_chain.ts", tests("cluster/join"), {
    "a server without a majority goes on": ['if (ownVotes === otherVotes) return "open";', ""],
    "a server in the minority goes on": ['ownVotes > otherVotes ? "right" : "wrong"', '"right"'],
  }),
  ...mutantsOf("lib/cluster/join.ts", tests("cluster/join"), {
    "a state is lost that another one takes the place of": [
      "await snapshots.keepOld();\n      parts",
      "parts",
    ],
    "a server starts with less than a log that went back had": [
      "machine.stopsAfterLoss = stopsAfterLoss;",
      "",
    ],
    "a state is lost where the log has lost a record": [
      "  if (await hasDiverged(engine, options, machine)) await snapshots.keepOld();",
      "",
    ],
  }),
];
