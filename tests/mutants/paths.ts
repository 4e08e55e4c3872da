import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const PATHS = tests("protocol/path");
const OWN = tests("server/own_files");
const STORE = tests("files/directory_store");
const LINKS = tests("files/local_links");

/** Defects in which paths of peers are accepted, and in where they lead. */
export const PATH_RULES: readonly Mutant[] = [
  ...mutantsOf("lib/files/local_tree.ts", tests("files/local_tree"), {
    "put sends a folder of the programs' own": [
      'if (isOwnEntry(own, place.path, info)) return leaf(omit(place, "own"));',
      "",
    ],
    "put sends what is below a folder of the programs' own": [
      "isOwnPath(own, top) ||",
      "",
    ],
    "put sends a file of another server's state": [" || isStateFile(top)\n", "\n"],
    "put follows a link to another server's state": [
      "return [realPath, ...foldersBetween(top, realPath)].some(isMarkedFolder);",
      "return false;",
    ],
    "put follows a link to what is the programs' own": [
      'if (isOwnPath(own, realPath) || isBelowOwn(top, realPath)) return { reason: "own" };',
      "",
    ],
    "put follows a link out of the folder": [
      'if (!isAtOrBelow(top, realPath)) return { reason: "link" };',
      "",
      LINKS,
    ],
    "put follows a link in a folder unasked": [
      'if (links === "skip") return { reason: "link-skipped" };',
      "",
      LINKS,
    ],
    "put reads a folder that was exchanged": ["if (!isSame) ", "if (false) ", LINKS],
    "put follows a link that was none before": [
      "return isLink ? Deno.statSync(path) : Deno.lstatSync(path);",
      "return Deno.statSync(path);",
      LINKS,
    ],
  }),
  ...mutantsOf("lib/files/local_file.ts", LINKS, {
    "a file outside of the folder is sent": [
      "if (isConfined && !isAtOrBelow(within, realPath)) ",
      "if (false) ",
    ],
    "a small file outside of the folder is sent": [
      "return isAtOrBelow(within, found.realPath) ? found : null;",
      "return found;",
    ],
  }),
  ...mutantsOf("lib/files/extra_files.ts", tests("files/extra_files"), {
    "a mirror deletes what is excluded": [
      'if (this.#wanted.rules.excludes(inFolder.normalize("NFC"), isDirectory)) return false;',
      "",
    ],
    "a mirror deletes files under way": ["isPrivateName(name) || ", ""],
    "a mirror deletes the state of a server": [
      "if (isDirectory && isMarkedFolder(path)) return false;",
      "",
    ],
    "a mirror deletes through a link": [
      " || await Deno.realPath(dirname(path)) !== above",
      "",
    ],
    "a mirror deletes another file than it found": [
      " && identityOf(info) === identity;",
      ";",
    ],
    "a mirror reads a link": ["|| !(await Deno.lstat(folder)).isDirectory", ""],
  }),
  ...mutantsOf("lib/cli/commands/mirror.ts", tests("e2e/mirror"), {
    "a mirror deletes after a failure": [
      "failures.length === 0 && omitted.count === 0 && top",
      "top",
    ],
    "a mirror deletes more than half": ["if (isMost || count >", "if (count >"],
    "a mirror deletes unasked": [
      'return { reason: "unasked", count',
      'if (ask === null) return null;\n    return { reason: "unasked", count',
    ],
  }),
  ...mutantsOf("lib/files/exclude_rules.ts", tests("files/exclude_rules"), {
    "letter case does not count in patterns": ["{ ignorecase: false }", "{}"],
  }),
  ...mutantsOf("lib/protocol/path.ts", PATHS, {
    "a path leads upwards": ['component === "." || component === ".."', 'component === "."'],
    "a path leads into the private folder": ["if (isPrivateName(component)) {", "if (false) {"],
    "a path leads into the private folder in capitals": [
      "/^\\.tcp-chat(-\\d+)?$/i;",
      "/^\\.tcp-chat(-\\d+)?$/;",
    ],
    "a path has an empty component": [
      'if (component === "") throw badPath("path-empty", "a component is empty");',
      "",
    ],
    "a path is one byte too long": [
      "encoder.encode(normal).length > LIMITS.pathBytes",
      "encoder.encode(normal).length > LIMITS.pathBytes + 1",
    ],
    "a name is one byte too long": [
      "encoder.encode(component).length > LIMITS.nameBytes",
      "encoder.encode(component).length > LIMITS.nameBytes + 1",
    ],
    "a path holds any character": ["if (FORBIDDEN.test(component)) {", "if (false) {"],
    "a path is not valid Unicode": ["if (!component.isWellFormed())", "if (false)"],
    "a name of FMTA is a path": ['if (name.includes("/"))', "if (false)"],
  }),
  ...mutantsOf("lib/protocol/answers.ts", tests("protocol/answers"), {
    "a listing leads out of its folder": [
      " && isWithin(path, folder)",
      "",
      tests("hostile/protocol2_listing"),
    ],
    "a listing has forbidden paths": ["isAllowedPath(path) && ", ""],
    "a download begins beyond its end": [
      'fields.integer("offset", { maximum: size })',
      'fields.integer("offset")',
    ],
  }),
  ...mutantsOf("lib/files/served_folder.ts", STORE, {
    "a link leads out of the served folder": [
      "if (!realPath.startsWith(prefix)) return false;",
      "",
    ],
    "a folder with the name of the served one and more is served": [
      "folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR",
      "folder",
    ],
    "a link leads into the private folder": [
      "return !realPath.slice(prefix.length).split(SEPARATOR).some(isPrivateName);",
      "return true;",
    ],
    "the data folder is served": [
      "if (ownPaths.some((own) => isAtOrBelow(own, realPath) && !isAtOrBelow(own, root))) return false;",
      "",
      OWN,
    ],
    "a moved folder of the programs is served": [
      "if (ownFolders.has(identity)) return true;",
      "",
      OWN,
    ],
    "a hard link to a file of the programs is served": [
      "return path !== undefined && hasIdentity(path, identity);",
      "return false;",
      OWN,
    ],
    "a new file with the identity of a deleted one is hidden": [
      "return identityOf(Deno.lstatSync(path)) === identity;",
      "return true;",
      OWN,
    ],
  }),
  ...mutantsOf("lib/files/own_marks.ts", tests("server/foreign_state"), {
    "a data folder from before the mark is served": [
      "[PRIVATE_FOLDER, DATABASE_NAME];",
      "[PRIVATE_FOLDER];",
    ],
    "a client marks a folder by a folder": [" && isFile(join(path, name)));", ");"],
    "a client makes a database, which marks its folder": [
      "tcp-chat\\.db(?:-wal",
      "tcp-chat\\.db(?:-x",
    ],
    "a client makes a database in capitals": ["(?=[\\\\/]|$)/gi;", "(?=[\\\\/]|$)/g;"],
    "a user's folder is not marked": ["if (basename(path) === USER_FOLDER) markFolder(path);", ""],
  }),
  ...mutantsOf("lib/files/remove_served.ts", tests("hostile/removing"), {
    "what has taken the place of a folder is emptied": [
      "    checkSameFolderSync(folder);\n    const info",
      "    const info",
    ],
    "what has taken the place of a folder is removed": [
      "    checkSameFolderSync(above);\n    checkSameFolderSync(folder);\n",
      "",
    ],
    "the programs' own files are removed": [
      "|| isOwnEntry(served, realPath, info)",
      "",
    ],
    "a device is removed": ['return { name, reason: "special" };', ";"],
  }),
  ...mutantsOf("lib/files/move_served.ts", tests("hostile/removing"), {
    "a folder that holds the data folder is moved": [
      "ownPaths.some((own) => isAtOrBelow(realPath, own)) || ",
      "",
    ],
    "settings are moved out of their hidden place": [" || holdsOwnNames(realPath)", ""],
  }),
  ...mutantsOf("lib/files/server_state.ts", tests("server/foreign_state"), {
    "a new data folder is not marked": ["    markFolder(folder);\n", ""],
  }),
  ...mutantsOf("lib/server/serve.ts", tests("server/foreign_state"), {
    "another server's data folder is the root": [" || isMarkedFolder(store.root);", ";"],
  }),
  ...mutantsOf("lib/files/served_walk.ts", tests("server/foreign_state"), {
    "a folder of another server is walked": [
      "if (isOwnEntry(served, realPath, info)) continue;",
      "",
    ],
  }),
  ...mutantsOf("lib/files/directory_store.ts", STORE, {
    "a folder or a device is served as a file": [
      'if (!info.isFile) throw new RequestError("not-a-file");',
      "",
    ],
  }),
  ...mutantsOf("lib/files/path_resolver.ts", tests("files/path_resolver"), {
    "a link leads wherever it wants": [
      "checkInside(served, wanted);",
      "",
      STORE,
    ],
    "a folder that another one replaced is trusted": [
      " && folderIdentity(info) === identity;",
      ";",
    ],
    "a folder is trusted for ever": [
      "if (startedMs >= this.#trustedUntilMs) {",
      "if (this.#trustedUntilMs < 0) {",
    ],
    "a folder of the programs is entered": [
      "if (isOwnEntry(served, entry.path, entry.info)) throw reserved();",
      "",
    ],
    "folders are looked at again for each request": [
      "this.#trusted.set(path, identity);",
      "{}",
    ],
  }),
  ...mutantsOf("lib/worker/read_names.ts", tests("worker/read_names"), {
    "a listing that its client has cancelled is sorted on": [
      "    signal?.throwIfAborted();\n    isSorted",
      "    isSorted",
    ],
    "a listing that its client has cancelled is read on": [
      "    signal?.throwIfAborted();\n    const piece",
      "    const piece",
    ],
  }),
  ...mutantsOf("lib/server/context/fair_turns.ts", tests("server/fair_turns"), {
    "a long path counts as little as a short one": [
      " + Math.floor(payload.length / UNIT_BYTES)",
      "",
    ],
    "a request of HTTP counts as little as a frame": [
      "return HTTP_UNITS;",
      "return 1;",
    ],
    "a slice of a listing counts as little as a frame": ["return LISTED_UNITS;", "return 1;"],
    "a page of history counts as little as any request": ["(REQUEST_UNITS[type] ?? 1)", "1"],
  }),
  ...mutantsOf("lib/files/small_content.ts", tests("files/small_content"), {
    "a small device is opened": ["!info.isFile || ", ""],
  }),
  ...mutantsOf("lib/files/locked_file.ts", tests("files/locked_file"), {
    "two transfers write one part": ["if (!file.tryLockSync(true)) {", "if (false) {"],
    "a part with a final name is written to": [
      "if (isAtPath && !hasOtherNames(file)) return file;",
      "if (isAtPath) return file;",
      tests("files/part_file_resume"),
    ],
    "a part is a FIFO or a link": ["refuseSpecialFile(path, shownPath);\n", "\n"],
  }),
];
