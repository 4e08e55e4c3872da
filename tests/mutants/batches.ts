import { type Mutant, mutantsOf, tests } from "./mutant.ts";

/** Defects in what stores and sends many small files at a time. */
export const BATCHES: readonly Mutant[] = [
  ...mutantsOf("lib/files/store_batch.ts", tests("files/store_batch"), {
    "a file of a batch is not synced before it gets its name": [
      "isDurable &&= this.#try(() => part.file.syncSync()) !== null;",
      "",
    ],
    "wrong content of a batch gets a name": [
      'hash("sha256", received.bytes, "hex") === received.sha256',
      "true",
    ],
    "a batch replaces what it has made": ["this.#made.has(identity)", "false"],
    "a batch is named in a place that is not what it was": [
      "part === null || !isRight ? FAILED",
      "part === null ? FAILED",
    ],
  }),
  ...mutantsOf("lib/files/upload_batch.ts", tests("server/batch_uploads"), {
    "a batch of uploads follows a link": [
      "pathBelow(this.#served.root, realPath) === path && !isBlocked",
      "!isBlocked",
    ],
    "a batch tells what the client may not read": ["isReadable && info.size", "info.size"],
  }),
  ...mutantsOf("lib/files/upload_batch.ts", tests("files/upload_batch"), {
    "a batch of uploads takes a name of the server's own": [
      " && isEntryInside(this.#served, realPath)",
      "",
    ],
    "a batch of uploads takes a name for free that is there": [
      "isPlain && !exists(realPath)",
      "isPlain",
    ],
    "a batch of uploads is stored in what has taken the place of a folder": [
      "        checkFolderSync(existing, realPaths);\n",
      "",
    ],
  }),
  ...mutantsOf("lib/server/transfers/receive_batch.ts", tests("server/batch_uploads"), {
    "a batch stores what the client may not upload": [
      "permits[i] === null ? null : path",
      "path",
    ],
  }),
  ...mutantsOf("lib/files/batch_source.ts", tests("server/batches"), {
    "a batch follows a link to what may be closed": [
      "pathBelow(this.#served.root, realPath) === path",
      "true",
    ],
  }),
  ...mutantsOf("lib/files/batch_source.ts", tests("files/batch_source"), {
    "a batch sends a file that changes while it is read": [
      "isSameStamp(stampOf(file.statSync()), stamp) ? stamp : null",
      "stamp",
    ],
    "a batch reads below the place where a disk was": [
      "if (!this.#isRootThere) return null;",
      "",
    ],
  }),
  ...mutantsOf("lib/server/transfers/send_batch.ts", tests("server/batches"), {
    "a batch sends what the client may not read": [
      "identity.mayRead(path) ? path : null",
      "path",
    ],
    "a batch compares for a link that has ended": [
      "identity.checkPresent();",
      "",
      tests("server/link_claims"),
    ],
  }),
];
