import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const FETCH = tests("cluster/content_fetch");
const TICKETS = tests("hostile/content_ticket");

/** Defects in how servers of a cluster give each other contents. */
export const CONTENTS: readonly Mutant[] = [
  ...mutantsOf("lib/cluster/content_fetch.ts", FETCH, {
    "the last byte is read before the whole is right": [
      "this.#content.sizeBytes - 1)",
      "this.#content.sizeBytes)",
    ],
    "bytes of an attempt that was wrong count as right": [
      "attempt !== null && attempt !== this.#attempt",
      "false",
    ],
    "a server that gave wrong bytes is asked again": ["this.#wrong.add(giver.server);", ""],
    "a full disk ends a fetch though contents could go": [
      "isFull && await folder.makeRoom() > 0",
      "false",
    ],
  }),
  ...mutantsOf("lib/server/session/peer_handler.ts", TICKETS, {
    "a ticket is good for any request": ['if (type !== "FGET") throw', "if (false) throw"],
    "a ticket is good for any path": ["if (request.path !== sha256) throw", "if (false) throw"],
  }),
  ...mutantsOf("lib/server/context/content_tickets.ts", TICKETS, {
    "a ticket is good for many connections": [
      "addDataSession: revoke,",
      "addDataSession: () => {},",
    ],
    "a ticket is good for ever": ["setTimeout(revoke,", "setTimeout(() => {},"],
  }),
  ...mutantsOf("lib/server/local_contents.ts", TICKETS, {
    "another file is given for a content": ["if (known === sha256) return file;", "return file;"],
  }),
  ...mutantsOf("lib/cluster/replicator.ts", tests("cluster/replicator"), {
    "a server that can hold a file but once is to have it": [
      "freeBytes > COPY_SPACE * sizeBytes",
      "freeBytes > sizeBytes",
    ],
  }),
  ...mutantsOf("lib/cluster/scrubber.ts", tests("cluster/scrubber"), {
    "a file that was written while it was hashed counts as damaged": [
      "      const found = await this.#hash(file, signal);\n      if (!await this.#isUnchanged(file)) return;",
      "      const found = await this.#hash(file, signal);",
    ],
    "a file that has another one's place by now counts as damaged": [
      "if (now?.sha256 !== sha256 || !isSameStamp(now.stamp, stamp)) return;",
      "if (now === null) return;",
    ],
    "a file is hashed again before its time": ["this.#nowMs() - ageMs", "this.#nowMs()"],
    "a disk that does not give the bytes is no damage": ['error.code === "internal"', "false"],
    "files are hashed while clients wait": [
      "while (this.#options.isBusy() && !signal.aborted)",
      "while (false)",
    ],
    "a file in doubt is not hashed where no other is": [
      "ageMs === null ? 0 :",
      "ageMs === null ? -1 :",
    ],
    "a file that was wrong is looked at as seldom as all others": [
      "holdings.doubtWrong(this.#nowMs() - WRONG_AGE_MS);",
      "",
    ],
    "a file that was checked in the future is never checked again": [
      "holdings.doubtLaterThan(this.#nowMs());",
      "",
    ],
  }),
  ...mutantsOf("lib/cluster/copy_mender.ts", tests("cluster/copy_mender"), {
    "the others still ask for a copy that is wrong": ['await this.#tell("lost", sha256);', ""],
    "a copy that is right again is not told": ['await this.#tell("have", sha256);', ""],
    "what the others know already is told again": ["isTold === isHeld || ", ""],
  }),
  ...mutantsOf("lib/files/held_files.ts", tests("files/held_files"), {
    "a request fails that finds wrong bytes while the database is locked": [
      "catch {\n      // Another process writes",
      "catch (error) {\n      throw error; // Another process writes",
    ],
  }),
  ...mutantsOf("lib/server/transfers/send_small_files.ts", tests("server/damaged_file"), {
    "a small file is sent as right whose bytes the disk has lost": [
      "known === null || known === small.sha256",
      "true",
    ],
  }),
  ...mutantsOf("lib/cluster/cluster_catalogue.ts", tests("cluster/stored_file"), {
    "a file that was just written is held as what was stored there": [
      "known ?? file?.stamp",
      "file?.stamp",
    ],
    "a copy counts that an upload has taken the place of": [
      " || this.#isTaken(path, stamp, file)",
      "",
    ],
  }),
  ...mutantsOf("lib/server/transfers/catalogue_uploads.ts", tests("server/outcome_unknown"), {
    "a file of a link is put by the look at the folder, though the link may not take it": [
      "if (unknown !== null && this.#link.id !== null) throw unknown;",
      "",
    ],
  }),
  ...mutantsOf("lib/server/transfers/store_catalogued.ts", tests("server/outcome_unknown"), {
    "a file of a batch is put by the look at the folder, though the log refuses it": [
      "using _ = uploadLocks.storing(places);",
      "",
    ],
  }),
  ...mutantsOf("lib/server/keep_copy.ts", tests("server/keep_copy"), {
    "a copy takes the place of a file that was written while it came": [
      "await checkOwn(catalogue, path); // The bytes",
      "// The bytes",
    ],
  }),
  ...mutantsOf("lib/server/transfers/downloads.ts", tests("server/damaged_file"), {
    "a file is read for a client that has fetched a piece of it": [
      "if (isWhole(download.request)) ",
      "",
    ],
    "a file is read for a client that has cut its answer off": [
      "this.#replies.pending.has(id) || ",
      "",
    ],
  }),
  ...mutantsOf("lib/server/scrub.ts", tests("server/scrub_pace"), {
    "a slow disk is read all the time": ["Math.max(tookMs, wholeMs - tookMs)", "wholeMs - tookMs"],
  }),
  ...mutantsOf("lib/server/context/doubted_files.ts", tests("server/damaged_file"), {
    "a file is told of that a client has doubted, and is right": [
      "if (await this.#turn.run(hash) !== known) onDamaged(path);",
      "await this.#turn.run(hash);\n      onDamaged(path);",
    ],
    "a file is hashed each time that a client doubts it": [
      "if (this.#checked.get(key)) return false;",
      "",
    ],
  }),
  ...mutantsOf("lib/files/holdings.ts", tests("files/holdings"), {
    "a file that is wrong counts as a copy": ["sha256 = ? AND wrong = 0", "sha256 = ?"],
    "a file is due at its limit": ["checked_ms < ? AND", "checked_ms <= ? AND"],
  }),
  ...mutantsOf("lib/cluster/beats.ts", tests("cluster/beats"), {
    "a clock that is behind is not seen": [
      "Math.abs(Date.now() - (beat?.time ?? Date.now()))",
      "(beat?.time ?? Date.now()) - Date.now()",
    ],
  }),
];
