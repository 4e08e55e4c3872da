import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const REQUESTS = tests("server/rights");
const RULES = tests("accounts/rule_set");
/** Rules hold for a path as well as for what it leads to. */
const LINKS = tests("server/linked_rights");
/** Rights that are taken while a request is under way. */
const TAKEN = tests("server/taken_rights");

/** Renaming and removing. */
const MANAGE = tests("server/remove", "server/move");

const REQUESTS_WITH_PATH = ["LIST", "STAT", "FGET", "FILE", "FPUT", "MKDR", "DELE", "MOVE"];

/** A defect for each of the requests: the statement is another one for it alone. */
function perRequest(what: string, statement: string, requests: readonly string[], other = "") {
  return Object.fromEntries(requests.map((request) => {
    const defect = `if (use.request !== "${request}") { ${statement} } else { ${other} }`;
    return [`${request} ${what}`, [statement, defect]] as const;
  }));
}

/** Defects in the rights of clients and the rules of folders. */
export const RIGHTS: readonly Mutant[] = [
  ...mutantsOf("lib/chat/member.ts", tests("hostile/hidden_files"), {
    "a file event shows what the path hides": ["!this.#mayRead(path) || ", ""],
    "a file event shows what a link leads to": [" || !this.#mayRead(truePath)", ""],
    "a file event names what an old client refuses": [
      "return this.#takesNames || isPortable(path);",
      "return true;",
    ],
  }),
  ...mutantsOf("lib/chat/kept_event.ts", tests("hostile/hidden_files"), {
    "a file event tells what a link leads to": ["return file;", "return event;"],
  }),
  ...mutantsOf("lib/server/context/client_identity.ts", REQUESTS, {
    "a file is read without the right to": [
      "if (!this.mayRead(path)) throw this.#hidden();",
      "",
    ],
    "a folder is listed without the right to": [
      "if (!this.mayList(path)) throw this.#hidden();",
      "",
    ],
    "a hidden path is denied, not missing": ['seesNothing ? "denied" : "not-found"', '"denied"'],
    "an account writes where uploads are off": ["if (!settings.uploads) throw", "if (false) throw"],
    "a client writes without the right to": [
      'if (!may) throw new RequestError("denied", undefined, reason);',
      "",
    ],
    "a file that the client may not read is replaced": [
      "rules.rules.mayReplace(path",
      "rules.rules.mayWrite(path",
    ],
    "a client shares what it has no right to share": [
      "if (this.#services.rules.rules.mayShare(path, account)) return account;",
      "return account;",
      tests("server/link_requests"),
    ],
    "a link sends requests that it is not made for": [
      "this.#link?.checkRequest(type);",
      "",
      tests("server/links"),
    ],
    "a guest is admitted where a login is required": [
      "this.hasLoggedIn || !this.#services.settings.requireAccount",
      "true",
    ],
    "a guest without the right to chat enters the chat": [
      '!this.isAdmitted || !this.has("chat")',
      "!this.isAdmitted",
    ],
  }),
  ...mutantsOf("lib/server/transfers/send_small_files.ts", tests("server/small_files"), {
    "the quick download of small files checks no right": ["!identity.mayRead(path) || ", ""],
  }),
  ...mutantsOf("lib/server/context/path_access.ts", LINKS, {
    ...perRequest(
      "tells of what the rules hide before it asks for the right",
      "CHECKS[rightTo(use)](identity, use.path);",
      REQUESTS_WITH_PATH.filter((request) => request !== "LIST" && request !== "STAT"),
    ),
    ...perRequest(
      "asks no right to what a link leads to",
      "for (const path of [use.path, ...truePaths]) CHECKS[right](identity, path);",
      REQUESTS_WITH_PATH,
      "CHECKS[right](identity, use.path);",
    ),
    ...perRequest(
      "tells of a file by a path that the rules hide",
      "for (const path of [use.path, ...truePaths]) CHECKS[right](identity, path);",
      ["LIST", "STAT"],
      "for (const path of truePaths) CHECKS[right](identity, path);",
    ),
    "a request outlives the right to its path, which is a link": [
      "[use.path, ...truePaths]",
      "truePaths",
      TAKEN,
    ],
    "a link opens a link that lies where it is closed": ["...passed, realPath", "realPath"],
    "a link out of the root is told of where the rules hide it": [
      'code === "bad-path" || code === "denied"',
      "false",
    ],
    "LIST and STAT tell of a file that the rules hide": [
      "isNoFolder ? OF_FILES[right] ?? right : right",
      "right",
      REQUESTS,
    ],
    "replacing needs no more rights than writing": [
      'replace ? "replace" : RIGHTS[request]',
      "RIGHTS[request]",
      REQUESTS,
    ],
    "a file is read on after the rules have closed it": [
      "checkFound(context, use, found), cancel)",
      "checkFound(context, use, found), () => {})",
      TAKEN,
    ],
  }),
  ...mutantsOf("lib/accounts/rule_set.ts", RULES, {
    "what may be written may be removed": ["&& rights.write && rights.delete", "&& rights.write"],
    "what the client may not see may be removed": ["=> rights.read && rights", "=> rights"],
    "a rule below a folder does not count when it is moved": [
      "|| !pattern.reachesBelow(components);",
      "|| true;",
    ],
  }),
  ...mutantsOf("lib/server/session/manage_requests.ts", MANAGE, {
    "a folder is moved out of the reach of a rule": ['mayBelow(each, "delete")', "isAdmitted"],
    "a folder is moved to where a rule gives no right": ['mayBelow(each, "write")', "isAdmitted"],
    "a folder goes without being asked for": [
      'if (info.isDirectory && !recursive) throw new RequestError("not-a-file");',
      "recursive = true;",
    ],
  }),
  ...mutantsOf("lib/server/session/tree_removal.ts", MANAGE, {
    "a tree is removed with what the rules protect": [
      "if (!identity[right](path)) return false;",
      "",
    ],
    "a removal tells of what the rules hide": [
      'if (!this.#may("mayRead", level, name)) continue;',
      "",
    ],
  }),
  ...mutantsOf("lib/server/context/upload_locks.ts", MANAGE, {
    "a folder is moved while an upload writes to it": [
      "if (paths.some((path) => isAtOrBelow(path, locked)))",
      "if (false)",
    ],
  }),
  ...mutantsOf("lib/server/context/access_watch.ts", TAKEN, {
    "a request begins with a right that was taken": [
      "    check();\n    const recheck",
      "    const recheck",
      tests("server/access_watch"),
    ],
    "a request outlives the right to it": [
      'cancel(hasReason ? error : new RequestError("denied"));',
      "",
    ],
  }),
  ...mutantsOf("lib/web/file_routes.ts", tests("web/files"), {
    "GET checks no right to what is shown by the page": [
      'await accessPath(request, { request: "LIST", path }, look)',
      "await look()",
    ],
  }),
  ...mutantsOf("lib/server/transfers/send_small_files.ts", LINKS, {
    "the quick download checks no right to what a link leads to": ["!isPlain || ", ""],
  }),
  ...mutantsOf("lib/server/transfers/protocol1_files.ts", LINKS, {
    "a download of protocol 1 checks no right": [
      'await findReadable(this.#context, "FILE", path)',
      "await this.#context.services.store.find(path)",
    ],
  }),
  ...mutantsOf("lib/server/context/path_access.ts", REQUESTS, {
    "LIST names files that the rules hide": [
      'type === "file" ? identity.mayRead(path) : identity.mayList(path)',
      "true",
    ],
  }),
  ...mutantsOf("lib/server/transfers/upload_receiver.ts", REQUESTS, {
    "an upload outlives the right to it": ["(reason) => cancel.abort(reason)", "() => {}", TAKEN],
    "a file is announced in a room that the client is not in": [
      "hub.maySpeakIn(identity.checkChat(), room)",
      "identity.checkChat()",
    ],
  }),
  ...mutantsOf("lib/server/session/chat_requests.ts", tests("server/admin_commands"), {
    "any account runs commands of the console": [
      '!identity.has("admin") || onCommand === null',
      "onCommand === null",
    ],
  }),
  ...mutantsOf("lib/chat/presence.ts", REQUESTS, {
    "a room is read and written by those who are not in it": [
      "const room = this.roomOf(member, name);\n    if (room === null) throw",
      "const room = this.rooms.find(name);\n    if (room === null) throw",
    ],
  }),
  ...mutantsOf("lib/chat/presence.ts", tests("chat/topics"), {
    "a topic is set and read by those who are not in the room": [
      "const room = this.roomOf(member, name);\n    if (room === null) throw",
      "const room = this.rooms.find(name);\n    if (room === null) throw",
    ],
  }),
  ...mutantsOf("lib/accounts/rule_set.ts", RULES, {
    "the right to write suffices to replace": ["return read && write;", "return write;"],
    "a rule for others leaves the general rights": [
      'subject.role === "admin" ? general : NO_FILE_RIGHTS',
      "general",
    ],
    "the first line that names the subject decides": ["rules.findLast(", "rules.find("],
    "names of accounts in rules depend on case": ["foldNick(name) === key", "name === key"],
    "a rule for members does not hold for admins": [
      '|| (role === "admin" && isIn("members"))',
      "",
    ],
    "earlier rules show folders that later ones hide": ["i < deciding && ", ""],
    "the first pattern that covers the path decides": [
      "Map.groupBy(rules.toReversed(),",
      "Map.groupBy(rules,",
    ],
  }),
  ...mutantsOf("lib/accounts/path_pattern.ts", tests("accounts/path_pattern"), {
    "a pattern shows folders beside its own": ["if (!matcher(component)) return false;", ""],
    "? stands for any number of characters": [
      "at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;",
      "at += text.length;",
    ],
  }),
  ...mutantsOf("lib/accounts/rights.ts", tests("accounts/rights"), {
    "the right to read is one to write, too": [
      'write: rights.has("write"),',
      'write: rights.has("read"),',
      RULES,
    ],
    "a member is an admin": [
      'member: new Set(["read", "write", "delete", "chat"])',
      'member: new Set([...GRANTABLE_RIGHTS, "admin"])',
    ],
  }),
];
