import fc from "fast-check";
import type { LogEntry } from "../../lib/cluster/entry.ts";
import { nickEntry } from "../../lib/cluster/nick_entry.ts";
import { accountEntry } from "./account_entries.ts";
import { LINKS } from "./link_entries.ts";

/** The rooms of the entries. */
export const ROOMS = ["a", "b", "c", "d", "e"];

/** What is no entry of any kind. */
export const MALFORMED = [
  null,
  0,
  "say",
  [],
  {},
  { kind: 7 },
  { kind: "say" },
  { kind: "say", room: "no room", draft: { event: "message", from: "a", text: "b" } },
  { kind: "say", room: "a", draft: { from: "a", text: 1 } },
  { kind: "say", room: "a", draft: { from: "a", path: "x", size: -1, sha256: "z" } },
  { kind: "hi", server: "AAAAAAAA", host: "x", port: 1 },
  { kind: "hi", server: "aaaaaaaa", host: "x", port: 70_000 },
  { kind: "gone", incarnation: "aaaaaaaa" },
  { kind: "put", path: "../x", size: 1, mtime: 1, sha256: "0".repeat(64) },
  { kind: "mv", from: "x", to: "" },
  { kind: "have", contents: ["x"] },
  { kind: "link", link: "aaaaaaaa", use: "get", path: "", lifeMs: 0 },
  { kind: "claim", link: "aaaaaaaa", claim: 1 },
  { kind: "unlink", link: "" },
];

const path = fc.constantFrom("a", "A", "a/b", "a/b/c", "d", "d/é", "D/x");
const sha256 = fc.constantFrom("1".repeat(64), "2".repeat(64));
const contents = fc.array(sha256, { maxLength: 2 });
const replace = fc.boolean();
const linkId = fc.constantFrom(...LINKS);
const link = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: linkId },
);

/** A file that comes by a link. */
export const linkedPut = fc.tuple(fc.nat(), linkId).map(([name, link]) => {
  const content = { size: 1, mtime: 1, sha256: "1".repeat(64), replace: false };
  return { kind: "put", path: `${name}`, ...content, link };
});

/** An entry about files. Few paths and contents, so that they meet. */
export const fileEntry = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put"), path, sha256, replace, link }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("mkdir"), path }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("rm"), paths: fc.array(path, { maxLength: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("mv"), from: path, to: path, replace }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("have", "lost"), contents }) },
).map((value) => ({ size: 1, mtime: 1, ...value }));

/** Entries of accounts, nicks, numbers of guests, topics and kept messages. */
export const peopleEntry: fc.Arbitrary<LogEntry> = fc.oneof(
  accountEntry,
  fc.record({
    member: fc.nat(2),
    nick: fc.constantFrom("ana", "ANA", "Paul", "PauI", "bob"),
    isOwn: fc.boolean(),
  }).map(({ member, nick, isOwn }) => nickEntry(member, nick, isOwn)),
  fc.record({ kind: fc.constant("bye" as const), member: fc.nat(2) }),
  fc.constant({ kind: "block" as const }),
  fc.record({
    kind: fc.constant("topic" as const),
    room: fc.constantFrom(...ROOMS),
    from: fc.constant("ana"),
    text: fc.constantFrom("", "on call", "closed"),
  }),
  fc.record({ owner: fc.constantFrom("a", "b"), id: fc.constantFrom("1", "2", "3") })
    .map(({ owner, id }) => ({
      kind: "keep" as const,
      owner,
      event: { event: "message" as const, to: "ana", from: "bob", text: "x", time: 5, id },
      network: null,
    })),
  fc.record({ kind: fc.constant("unkeep" as const), number: fc.nat(4) }),
);
