import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const PART = tests("files/part_file", "files/replaced_part");
const BESIDE = tests("files/part_hashed_beside");
const RESUME = tests("files/part_file_resume");
const POWER = tests("faults/power_cut");
const NAMES = tests("files/commit_name");
const UPLOADS = tests("files/upload_store", "files/upload_parts");

/** Defects in hashes, syncs, resumed transfers and final names. */
export const FILES: readonly Mutant[] = [
  ...mutantsOf("lib/files/check_space.ts", tests("client/space"), {
    "files without room are begun": ["if (needed <= free) return;", "return;"],
    "a file that is there needs room again": ["if (there === sizeBytes) return 0;", ""],
    "the rest of a part needs room for all": ["sizeBytes - kept", "sizeBytes"],
  }),
  ...mutantsOf("lib/files/old_parts.ts", tests("files/old_parts"), {
    "a part that another process writes is removed": [
      "if (!file.tryLockSync(true)) return false;",
      "",
    ],
    "a part is removed before its time": ["nowMs - LIMITS.unfinishedDownloadMs", "nowMs"],
    "a file that is no part is removed": ["names.filter(isPartName)", "names.filter(Boolean)"],
  }),
  ...mutantsOf("lib/client/made_paths.ts", tests("e2e/left_out"), {
    "put replaces what it made under a name in another letter case": [
      "version === (await client.stat(first)).version",
      "false",
    ],
    "put takes another file for what it made": [
      "version === (await client.stat(first)).version",
      "true",
    ],
    "get replaces what it made": [
      "if (replace && await made.has(join(directory, name))) throw alreadyMade();",
      "",
    ],
  }),
  ...mutantsOf("lib/cli/commands/get_protocol1.ts", tests("e2e/left_out"), {
    "get by protocol 1 fetches two files of a name at once": [
      "this.#names.run(pathKey(task.name), () => this.#fetch(client, task))",
      "this.#fetch(client, task)",
    ],
  }),
  ...mutantsOf("lib/files/part_file.ts", PART, {
    "a wrong hash is accepted": [
      "if (!isWhole || received !== sha256) {",
      "if (!isWhole) {",
    ],
    "a file that is not whole is accepted": [
      "const isWhole = this.#length === this.#details?.sizeBytes;",
      "const isWhole = true;",
    ],
    "a hash of others is accepted for what the part has hashed": [
      'this.#isHashedBeside ? hashedAs : this.#hash.digest("hex")',
      'hashedAs ?? this.#hash.digest("hex")',
      BESIDE,
    ],
    "bytes that another thread has hashed are written anywhere": [
      "if (position !== this.#length || this.#hashedBytes > 0) {",
      "if (false) {",
      BESIDE,
    ],
    "more bytes than announced are written": [
      "if (this.#length + length <= sizeBytes) return;",
      "if (sizeBytes > 0) return;",
    ],
    "a file is not synced before it gets its name": ["this.#file.syncSync();", "", POWER],
    "a file has the time of writing": [
      "if (modifiedMs !== null) this.#file.utimeSync(new Date(), new Date(modifiedMs));",
      "",
    ],
    "something else in place of the part gets the name": [
      "if (!isSameFile(this.#file, this.#path)) throw replacedError(this.#shownPath);",
      "",
    ],
    "kept bytes are not hashed": [
      "this.#hash.update(buffer.subarray(0, count));",
      "",
      RESUME,
    ],
    "nothing is ever resumed": ["size > target.keepBytes ? 0 : size", "0", RESUME],
    "a part that is longer than its file is kept": [
      "size > target.keepBytes ? 0 : size",
      "size",
      RESUME,
    ],
    "a dropped part stays in the hash": [
      'if (this.#hashedBytes > 0) this.#hash = createHash("sha256");',
      "",
      RESUME,
    ],
    "an offset that is not the length of the part is accepted": [
      'if (details.offset !== this.#hashedBytes) throw new Error("it is not what it was");',
      "",
      RESUME,
    ],
    "the version of a part is not stored": [
      "writeVersion(this.#path, details.version);",
      "",
      RESUME,
    ],
  }),
  ...mutantsOf("lib/files/part_names.ts", tests("files/part_name", "files/part_file_resume"), {
    "a file of the user counts as a part": [
      "return part?.version && EARLIER_VERSION.test(part.version) ? part : null;",
      "return part;",
    ],
    "the note beside a part follows a link": [
      "const { isFile, size } = Deno.lstatSync(path);\n    if (!isFile || size",
      "const { isFile, size } = Deno.statSync(path);\n    if (!isFile || size",
    ],
  }),
  ...mutantsOf("lib/files/work_folder.ts", tests("files/work_folder", "files/part_file"), {
    "the private folder is a link": [
      "if (!info.isDirectory || !isOwned(info, base)) return false;",
      "",
    ],
    "others read files under way": [
      "if (((info.mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path, PRIVATE_MODE);",
      "",
    ],
  }),
  ...mutantsOf("lib/files/retry_busy.ts", tests("files/retry_busy"), {
    "a file that a scanner holds fails the transfer": [
      'return platform === "windows" && codes.includes(systemCode(error));',
      "return false;",
    ],
  }),
  ...mutantsOf("lib/files/commit_name.ts", NAMES, {
    "a new name is not synced": ["if (path !== null) syncFolder(final.directory);", "", POWER],
    "a file is replaced unasked": [
      "if (error instanceof Deno.errors.AlreadyExists) return false;",
      "if (error instanceof Deno.errors.AlreadyExists) return replaceByRename(from, to, system) !== null;",
    ],
    "a file is replaced unasked where there are no links": [
      "Deno.lstatSync(to);\n    return false;",
      "Deno.lstatSync(to);",
    ],
    "a number makes a name too long": [
      'while (encoder.encode(characters.join("") + ending).length > LIMITS.nameBytes) characters.pop();',
      "",
    ],
  }),
  ...mutantsOf("lib/files/folders.ts", POWER, {
    "a new folder of a client is not synced": [
      "{ recursive: true });\n  syncFolder(above);",
      "{ recursive: true });",
      tests("faults/power_cut"),
    ],
    "a new folder of a server is not synced": [
      "throw error;\n  }\n  syncFolder(above);",
      "throw error;\n  }",
    ],
    "a new folder lies where a link leads": [
      " && Deno.lstatSync(path).isDirectory;",
      ";",
      tests("files/folders"),
    ],
    "an upload goes where something has taken the place of its folder": [
      "if (info.isDirectory && folderIdentity(info) === identity) return;",
      "return;",
      tests("files/replaced_part"),
    ],
    "an upload goes where a link leads to its moved folder": [
      "if (!realPaths.isReal(found.path)) throw",
      "if (false) throw",
      tests("files/folders"),
    ],
  }),
  ...mutantsOf("lib/files/find_received.ts", tests("files/find_received"), {
    "a file of the wanted size counts as received": [
      "info.isFile && info.size === wanted.sizeBytes &&\n        hashFileSync(path, info.size) === wanted.sha256",
      "info.isFile && info.size === wanted.sizeBytes",
    ],
    "a received file is not found under its number": [
      "wanted.name, wanted.numbered",
      "wanted.name, false",
    ],
  }),
  ...mutantsOf("lib/files/hash_index.ts", tests("files/hash_index"), {
    "the hash of a file that another one replaced is kept": [
      " AND inode = ?",
      " AND inode >= ? - 1e18",
    ],
    "the hash of a file that was just written is kept": [
      "if (isFresh(stamp, startedMs, endedMs)) return;",
      "",
    ],
    "the hash of a received file outlives a change": [
      "return isSameStamp(recent.stamp, stamp) ? recent.sha256 : null;",
      "return recent.sha256;",
    ],
    "hashes of files that are gone stay": [
      "if (path.startsWith(prefix) && !existing.has(path))",
      "if (false)",
    ],
  }),
  ...mutantsOf("lib/files/file_stamp.ts", tests("files/file_stamp"), {
    "another file of the same size and time has the same stamp": [
      "a.changedMs === b.changedMs && a.inode === b.inode",
      "a.changedMs === b.changedMs",
    ],
    "a version does not show a change of the content": [
      "[sizeBytes, modifiedMs, changedMs, inode].map",
      "[sizeBytes, modifiedMs, inode].map",
    ],
  }),
  ...mutantsOf("lib/files/source_file.ts", tests("files/source_file"), {
    "a file that changed while it was sent is sent": [
      "if (this.leftBytes === 0) this.checkUnchanged();",
      "",
    ],
    "a file is sent whose folder has become a link": [
      "if (file.isConfined && !isRealPath(file.realPath)) ",
      "if (false) ",
      tests("files/local_links"),
    ],
    "a file that was replaced while it was sent is sent": [
      " && isSameStamp(byPath, this.#stamp)",
      "",
    ],
  }),
  ...mutantsOf("lib/files/database.ts", tests("files/database"), {
    "what is said outlives no power cut": [
      "PRAGMA synchronous = NORMAL",
      "PRAGMA synchronous = OFF",
    ],
    "a damaged database is written to": ["refuseDamaged(database);\n", "\n"],
    "the database of a newer version is written to": [
      "if (version > MIGRATIONS.length) {",
      "if (false) {",
    ],
    "others read the database": ["Deno.chmodSync(path, 0o600);", "{}"],
  }),
  ...mutantsOf("lib/files/upload_store.ts", UPLOADS, {
    "an upload replaces a file unasked": [
      ' && !replace) throw new RequestError("exists");',
      " && false) throw new Error();",
    ],
    "a client goes on with the upload of another": [
      "JSON.stringify([user, path, sizeBytes, key])",
      "JSON.stringify([path, sizeBytes, key])",
    ],
  }),
  ...mutantsOf("lib/files/upload_parts.ts", UPLOADS, {
    "a part under way is swept": ["if (!await file.tryLock(true)) return false;", ""],
    "a part is swept before its time": [
      "KEYED_SUFFIX) ? nowMs - LIMITS.unfinishedUploadMs : nowMs",
      "KEYED_SUFFIX) ? nowMs : nowMs",
    ],
    "parts are never swept": ["if (!isOver(part, nowMs) || ", "if (true || "],
    "parts take any room": ["if (totalBytes <= this.#limitBytes) break;", "break;"],
  }),
  ...mutantsOf("lib/server/context/upload_locks.ts", tests("server/upload_locks"), {
    "an upload under way yields to another": [
      'if (!isSame && !hasStalled(lock)) throw new RequestError("busy");',
      "",
    ],
    "two uploads write to a path at once": ["await lock.released;", "break;"],
  }),
];
