import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  guestSubject,
  parseRights,
  type Right,
  rightsOfRole,
  type Subject,
} from "../../lib/accounts/rights.ts";
import { RuleSet } from "../../lib/accounts/rule_set.ts";

const member = (name: string, rights: ReadonlySet<Right> = rightsOfRole("member")): Subject => ({
  name,
  role: "member",
  rights,
});
const GUEST = guestSubject(parseRights("read,chat"));
const ALICE = member("Alice");
const BOB = member("bob");
const CAROL = member("carol");
const ROOT: Subject = { name: "root", role: "admin", rights: rightsOfRole("admin") };

const rules = (...lines: string[]) => RuleSet.parse(lines.join("\n"), "rules");

/** What somebody may do with a path, as `rw`. */
function may(set: RuleSet, path: string, subject: Subject): string {
  const { read, write } = set.rightsOn(path, subject);
  return (read ? "r" : "") + (write ? "w" : "");
}

Deno.test("without rules everybody has their general rights everywhere", () => {
  for (const path of ["", "a", "a/b"]) {
    assertEquals(may(RuleSet.EMPTY, path, GUEST), "r");
    assertEquals(may(RuleSet.EMPTY, path, ALICE), "rw");
    assertEquals(may(RuleSet.EMPTY, path, member("x", new Set(["write", "chat"]))), "w");
    assertEquals(may(RuleSet.EMPTY, path, guestSubject(new Set())), "");
  }
});

Deno.test("a path that no pattern covers is left to the general rights", () => {
  const set = rules("private read alice");
  assertEquals([may(set, "other", GUEST), may(set, "", ALICE)], ["r", "rw"]);
});

Deno.test("the rules of the manual mean what it says", () => {
  const set = rules(
    "public/**   read *",
    "drop/**     write guests",
    "drop/**     read,write members",
    "private/**  read,write alice bob",
  );
  for (const subject of [GUEST, ALICE, ROOT]) assertEquals(may(set, "public/a", subject), "r");
  assertEquals(may(set, "drop/a", GUEST), "w");
  assertEquals(may(set, "drop/a", ALICE), "rw");
  for (const path of ["private", "private/a", "private/a/b"]) {
    assertEquals([ALICE, BOB, CAROL, GUEST].map((who) => may(set, path, who)), [
      "rw",
      "rw",
      "",
      "",
    ]);
  }
});

Deno.test("whom a pattern does not name may do nothing there, but for admins", () => {
  const set = rules("** read *", "private read alice");
  assertEquals([ALICE, BOB, GUEST, ROOT].map((who) => may(set, "private/x", who)), [
    "r",
    "",
    "",
    "rw",
  ]);
});

Deno.test("rules hold for admins, too, where they name them", () => {
  const set = rules("archive read *", "closed none admins", "mine none root");
  assertEquals(["archive", "closed", "mine"].map((path) => may(set, path, ROOT)), ["r", "", ""]);
});

Deno.test("the last pattern that covers a path decides, however the lines are nested", () => {
  const inner = "private/shared read *";
  const outer = "private read alice";
  assertEquals(may(rules(outer, inner), "private/shared/x", GUEST), "r");
  assertEquals(may(rules(outer, inner), "private/x", GUEST), "");
  assertEquals(may(rules(inner, outer), "private/shared/x", GUEST), "");
});

Deno.test("lines with the same pattern belong together, where the last of them stands", () => {
  const set = rules("a read alice", "a/b none *", "/a/** write bob");
  assertEquals([ALICE, BOB, GUEST].map((who) => may(set, "a/b/c", who)), ["r", "w", ""]);
});

Deno.test("of the lines with one pattern, the last that names somebody decides", () => {
  const set = rules("a read *", "a read,write members", "a none Alice");
  assertEquals([GUEST, BOB, ALICE].map((who) => may(set, "a", who)), ["r", "rw", ""]);
  const turned = rules("a none Alice", "a read,write members", "a read *");
  assertEquals([GUEST, BOB, ALICE].map((who) => may(turned, "a", who)), ["r", "r", "r"]);
});

Deno.test("groups are who they say, and an admin is a member, too", () => {
  const rightsFor = (group: string) =>
    [GUEST, ALICE, ROOT].map((who) => may(rules(`a write ${group}`), "a", who));
  assertEquals(rightsFor("*"), ["w", "w", "w"]);
  assertEquals(rightsFor("guests"), ["w", "", "rw"]);
  assertEquals(rightsFor("members"), ["", "w", "w"]);
  assertEquals(rightsFor("admins"), ["", "", "w"]);
});

Deno.test("names of accounts are found in any case, and guests have none", () => {
  const set = rules("a read ALICE josé");
  assertEquals([ALICE, member("José"), BOB].map((who) => may(set, "a", who)), ["r", "r", ""]);
  assertEquals(may(set, "a", { ...GUEST, name: null }), "");
});

Deno.test("a rule gives more than the general rights, or less", () => {
  const set = rules("open read,write guests", "shut none *");
  assertEquals([may(set, "open", GUEST), may(set, "shut", ALICE)], ["rw", ""]);
});

Deno.test("paths are told apart by case", () => {
  const set = rules("Private none *");
  assertEquals([may(set, "Private/x", ALICE), may(set, "private/x", ALICE)], ["", "rw"]);
});

Deno.test("to replace a file takes both rights, to upload a new one one", () => {
  const set = rules("box write *", "both read,write *", "shelf read *");
  const ways = (path: string) => [
    set.mayRead(path, ALICE),
    set.mayWrite(path, ALICE),
    set.mayReplace(path, ALICE),
  ];
  assertEquals(ways("box/x"), [false, true, false]);
  assertEquals(ways("both/x"), [true, true, true]);
  assertEquals(ways("shelf/x"), [true, false, false]);
});

Deno.test("an upload-only box is hidden, or shown without what is in it", () => {
  const hidden = rules("drop/** write guests");
  assertEquals([hidden.mayList("drop", GUEST), hidden.mayWrite("drop/x", GUEST)], [false, true]);
  const shown = rules("drop/* write guests");
  assert(shown.mayList("drop", GUEST) && shown.mayWrite("drop/x", GUEST));
  assert(!shown.mayRead("drop/x", GUEST) && !shown.mayWrite("drop", GUEST));
});

Deno.test("folders above what may be read can be listed, what lies beside it cannot", () => {
  const set = rules("** none *", "a/b/c read alice", "x/*/y read *");
  const listed = (who: Subject) =>
    ["", "a", "a/b", "a/b/c", "a/b/c/d", "a/b/d", "a/d", "b", "x", "x/z", "x/z/y", "x/z/w"]
      .filter((path) => set.mayList(path, who));
  assertEquals(listed(ALICE), ["", "a", "a/b", "a/b/c", "a/b/c/d", "x", "x/z", "x/z/y"]);
  assertEquals(listed(BOB), ["", "x", "x/z", "x/z/y"]);
  assert(!set.mayRead("a", ALICE));
});

Deno.test("a later rule for all of a folder hides what an earlier one shows in it", () => {
  const set = rules("a/b read *", "a none *");
  assertEquals([set.mayList("a", ALICE), set.mayList("a/b", ALICE)], [false, false]);
});

Deno.test("a pattern for any depth makes every folder worth a look", () => {
  const set = rules("** none *", "**/README.md read *");
  assert(set.mayList("", GUEST) && set.mayList("a/b", GUEST));
  assert(set.mayRead("a/b/README.md", GUEST) && !set.mayRead("a/b/x", GUEST));
});

Deno.test("the answers for one subject are four objects, whatever the path", () => {
  const set = rules("a read,write *");
  assertStrictEquals(set.rightsOn("a", ALICE), set.rightsOn("a/b", ALICE));
});

Deno.test("the names of accounts that stand in the rules are listed", () => {
  const set = rules("a read alice *", "b read Bob alice");
  assertEquals(set.accounts.map(({ name, line }) => `${name} ${line}`), [
    "alice 1",
    "Bob 2",
    "alice 2",
  ]);
});

Deno.test("many subjects at once are told apart", () => {
  const set = rules("a read alice", "b read bob");
  for (let i = 0; i < 3; i++) {
    assertEquals([may(set, "a", ALICE), may(set, "a", BOB)], ["r", ""]);
    assertEquals([may(set, "b", ALICE), may(set, "b", BOB)], ["", "r"]);
  }
});

const NAMES = ["a", "b", "*", "**"];
const pattern = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("/"));
const line = fc.tuple(
  pattern,
  fc.constantFrom("read", "write", "read,write", "none"),
  fc.constantFrom("*", "guests", "members", "admins", "alice", "alice bob"),
).map((parts) => parts.join(" "));
const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 });

Deno.test("what may be read can be reached by listing, whatever the rules", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), path, (lines, components) => {
      const set = rules(...lines);
      for (const who of [GUEST, ALICE, BOB, ROOT]) {
        if (!set.mayRead(components.join("/"), who)) continue;
        for (let depth = 0; depth < components.length; depth++) {
          assert(set.mayList(components.slice(0, depth).join("/"), who), lines.join("\n"));
        }
      }
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("a last line for a path says what its subjects may do there, whatever is above", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), path, (lines, components) => {
      const at = components.join("/");
      const set = rules(...lines, `${at} read *`);
      for (const who of [GUEST, ALICE, ROOT]) assertEquals(may(set, at, who), "r");
    }),
    { numRuns: 2_000 },
  );
});
