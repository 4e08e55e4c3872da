import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const ACCESS = tests("server/link_access");

/** Defects in links: what they allow, and how often. */
export const LINKS: readonly Mutant[] = [
  ...mutantsOf("lib/server/context/link_access.ts", tests("hostile/links"), {
    "a link works after its end": ["if (end !== null && !isOpen) throw", "if (false) throw"],
    "a used link is closed to the claim that it was used by": [
      'const isOpen = end === "used" &&',
      "const isOpen = false &&",
      tests("server/link_claims"),
    ],
    "a link outlives the account that made it": [
      "if (account?.createdMs !== creator.createdMs || bans.findName(account.name)) return null;",
      "if (account === null) return OPERATOR;",
    ],
    "a link outlives the right to share": [
      'if (!this.#mayShare(link.path)) throw linkRefusal("link-stopped");',
      "",
    ],
    "a link opens what its creator may not share": [
      "return link.kind === kind && isBelow && this.#mayShare(path);",
      "return link.kind === kind && isBelow;",
    ],
    "a link opens what is beside its path": [
      "path.startsWith(`${folder}/`)",
      "path.startsWith(folder)",
      tests("server/links"),
    ],
    "a link opens every path": ["&& isBelow &&", "&&", tests("server/links")],
    "a link gives what its creator may not read": [
      "&& this.#rules.mayRead(path, this.#creator)",
      "",
    ],
    "a link takes bytes that others have sent": [
      "this.check(); // Others",
      "// Others",
      ACCESS,
    ],
    "a claim ends in the middle of a long transfer": [
      "await this.#take(nowMs).catch(() => {});",
      "",
      ACCESS,
    ],
    "a claim is renewed each second where the clock of the log is late": [
      "nowMs - this.#takenMs < RENEW_MS",
      "this.#claimedUntilMs - nowMs >= 3_540_000",
      ACCESS,
    ],
    "transfers are not counted": [
      "return nowMs >= this.#claimedUntilMs ? null : this.#count();",
      "return this.#count();",
      ACCESS,
    ],
    "a link is used that is taken back while its claim is counted": [
      "this.check(nowMs); // It may",
      "// It may",
      ACCESS,
    ],
  }),
  ...mutantsOf("lib/accounts/link_store.ts", tests("accounts/link_store"), {
    "uploads at once take more bytes than a link has left": [
      "unkept) - (this.#reserved.get(id) ?? 0)",
      "unkept)",
    ],
    "what has gone on at another server takes room twice": [
      "this.#isShared ? sizeBytes : bytesLeft",
      "bytesLeft",
    ],
    "what is kept of uploads by a link of several servers has no limit": [
      "this.#isShared ? sizeBytes : bytesLeft",
      "this.#isShared ? Infinity : bytesLeft",
    ],
  }),
  ...mutantsOf("lib/accounts/link_rows.ts", tests("accounts/link_changes"), {
    "a claim never lapses": ['AND until_ms > ?"', 'AND ? > 0"'],
  }),
  ...mutantsOf("lib/accounts/link_changes.ts", tests("accounts/link_changes"), {
    "the last claim is given twice": ["AND claims_left > 0`", "AND claims_left > -9`"],
    "a claim is taken of a link that has ended": [
      'if (end === "revoked" || end === "expired") throw',
      "if (false) throw",
    ],
    "what came just before a server died is not counted": [
      "if (hasCome) this.spend(file.link, file, file.sizeBytes);",
      "",
      tests("accounts/link_store"),
    ],
    "a link takes more bytes than are left": ["sizeBytes > bytesLeft)", "false)"],
    "a link takes the place of another one": [
      'if (this.#rows.find(id) !== null) throw new RequestError("exists");',
      "",
    ],
  }),
  ...mutantsOf("lib/cluster/file_entries.ts", tests("cluster/link_entries"), {
    "a file comes by a link that has ended, or is full": [
      "if (link !== null) links.checkFile(link, size, stampMs);",
      "",
    ],
    "a file that comes by a link is not counted": [
      "if (link !== null) links.spend(link, { path, sha256 }, size);",
      "",
    ],
  }),
  ...mutantsOf("lib/cluster/link_entries.ts", tests("cluster/link_entries"), {
    "a link ends by the clock of a server": [
      "link: links.add(added, stampMs)",
      "link: links.add(added, Date.now())",
    ],
    "the id of a link is any text": ["if (isLinkId(id)) return id;", "if (id) return id;"],
  }),
  ...mutantsOf("lib/server/transfers/upload_receiver.ts", [
    ...tests("faults/server_crash"),
    "--filter=by a link",
  ], {
    "a file by a link gets its name before it is expected": [
      "room?.expect({ path: request.path, sha256 });",
      "",
    ],
  }),
  ...mutantsOf("lib/server/transfers/send_batch.ts", tests("server/link_claims"), {
    "a batch takes no claim": [
      "if (link !== null && transfer === null) return null;",
      "",
    ],
  }),
  ...mutantsOf("lib/server/transfers/receive_batch.ts", tests("server/link_claims"), {
    "a batch of uploads takes no claim": ["await identity.beginTransfer();", "null;"],
  }),
];
