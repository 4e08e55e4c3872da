import { type Killer, type Mutant, mutantsOf } from "./mutant.ts";

/** Some cycles of one kind of faults. */
function faults(kind: string, cycles: number): Killer {
  const args = ["--only", kind, "--cycles", String(cycles), "--seed", "1"];
  return ["run", "-q", "-A", "--no-check", "tests/faults/main.ts", ...args];
}

const RESUME = faults("resume", 2);
const SYNC = faults("sync", 8);
const FLIP = faults("flip", 6);
const CUT = faults("cut", 24);

/** Defects that the faults between the real programs must find: at least one for each promise. */
export const FAULTY: readonly Mutant[] = [
  ...mutantsOf("lib/client/download_file.ts", RESUME, {
    "faults: a client never resumes a download": [
      "const left = resume ? part : null;",
      "const left = null;",
    ],
    "faults: a spoilt part is not given up": [
      "if (start.keepBytes === 0 || !isSpoilt(error)) throw error;",
      "throw error;",
      faults("part", 8),
    ],
  }),
  ...mutantsOf("lib/server/transfers/send_file.ts", RESUME, {
    "faults: a server never sends from the middle": [
      "version === versionOf(file) ? offset : 0",
      "false ? offset : 0",
    ],
  }),
  ...mutantsOf("lib/files/part_file.ts", RESUME, {
    "faults: a part is never resumed": ["size > target.keepBytes ? 0 : size", "0"],
    "faults: a file is not synced before it gets its name": ["this.#file.syncSync();", "", SYNC],
    "faults: a wrong hash is accepted": [
      "if (!isWhole || received !== sha256) {",
      "if (!isWhole) {",
      FLIP,
    ],
    "faults: kept bytes are not hashed": ["this.#hash.update(buffer.subarray(0, count));", ""],
    "faults: the part of a file that is done stays": [
      "removeIfThere(versionPath(this.#path));",
      "",
      RESUME,
    ],
  }),
  ...mutantsOf("lib/client/upload_file.ts", RESUME, {
    "faults: a client never resumes an upload": [
      "return resume && this.#file.stamp.sizeBytes >= RESUMABLE_BYTES;",
      "return false;",
    ],
  }),
  ...mutantsOf("lib/files/commit_name.ts", SYNC, {
    "faults: a new name is not synced": ["if (path !== null) syncFolder(final.directory);", ""],
  }),
  ...mutantsOf("lib/files/folders.ts", SYNC, {
    "faults: a folder of a whole tree is not synced": ["await folder.sync();", ""],
  }),
  ...mutantsOf("lib/files/disk_error.ts", faults("full disk", 2), {
    "faults: a full disk is an error of the disk": ['ENOSPC: "no-space"', 'ENOSPC: "io"'],
  }),
  ...mutantsOf("lib/client/reconnecting_client.ts", CUT, {
    "faults: a client never connects again": [
      "if (await present === client && this.#client === present) {",
      "if (false) {",
    ],
  }),
  ...mutantsOf("lib/files/open_part.ts", faults("kill", 8), {
    "faults: a file has its final name before it is whole": [
      "const path = join(folder, partName);\n      const file",
      'const path = join(partBase, partName.replace(/\\.part$/, ""));\n      const file',
    ],
  }),
];
