import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { PathPattern } from "../../lib/accounts/path_pattern.ts";
import {
  guestSubject,
  parseRights,
  type Right,
  rightsOfRole,
  type Subject,
} from "../../lib/accounts/rights.ts";
import { parseRules } from "../../lib/accounts/rule_parser.ts";
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

const parse = (text: string) => new RuleSet(parseRules(text, "rules"));
const rules = (...lines: string[]) => parse(lines.join("\n"));

/** The rights on a path, as `rw`. */
function may(set: RuleSet, path: string, subject: Subject): string {
  const { read, write } = set.rightsOn(path, subject);
  return (read ? "r" : "") + (write ? "w" : "");
}

Deno.test("RuleSet: has general rights everywhere without rules", () => {
  for (const path of ["", "a", "a/b"]) {
    assertEquals(may(RuleSet.EMPTY, path, GUEST), "r");
    assertEquals(may(RuleSet.EMPTY, path, ALICE), "rw");
    assertEquals(may(RuleSet.EMPTY, path, member("x", new Set(["write", "chat"]))), "w");
    assertEquals(may(RuleSet.EMPTY, path, guestSubject(new Set())), "");
  }
});

Deno.test("RuleSet.rightsOn: returns general rights on a path that no pattern covers", () => {
  const set = rules("private read alice");
  assertEquals([may(set, "other", GUEST), may(set, "", ALICE)], ["r", "rw"]);
});

Deno.test("RuleSet.rightsOn: agrees with the example of the manual", () => {
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
    assertEquals([ALICE, BOB, CAROL, GUEST].map((subject) => may(set, path, subject)), [
      "rw",
      "rw",
      "",
      "",
    ]);
  }
});

Deno.test("RuleSet.rightsOn: grants nothing to a subject that no line names, except for admins", () => {
  const set = rules("** read *", "private read alice");
  assertEquals([ALICE, BOB, GUEST, ROOT].map((subject) => may(set, "private/x", subject)), [
    "r",
    "",
    "",
    "rw",
  ]);
});

Deno.test("RuleSet.rightsOn: applies rules to admins that they name", () => {
  const set = rules("archive read *", "closed none admins", "mine none root");
  assertEquals(["archive", "closed", "mine"].map((path) => may(set, path, ROOT)), ["r", "", ""]);
});

Deno.test("RuleSet.rightsOn: follows the last pattern that covers the path, however nested", () => {
  const inner = "private/shared read *";
  const outer = "private read alice";
  assertEquals(may(rules(outer, inner), "private/shared/x", GUEST), "r");
  assertEquals(may(rules(outer, inner), "private/x", GUEST), "");
  assertEquals(may(rules(inner, outer), "private/shared/x", GUEST), "");
});

Deno.test("RuleSet.rightsOn: joins lines with the same pattern at the place of the last", () => {
  const set = rules("a read alice", "a/b none *", "/a/** write bob");
  assertEquals([ALICE, BOB, GUEST].map((subject) => may(set, "a/b/c", subject)), ["r", "w", ""]);
});

Deno.test("RuleSet.rightsOn: follows the last line that names the subject", () => {
  const set = rules("a read *", "a read,write members", "a none Alice");
  assertEquals([GUEST, BOB, ALICE].map((subject) => may(set, "a", subject)), ["r", "rw", ""]);
  const turned = rules("a none Alice", "a read,write members", "a read *");
  assertEquals([GUEST, BOB, ALICE].map((subject) => may(turned, "a", subject)), ["r", "r", "r"]);
});

Deno.test("RuleSet.rightsOn: includes admins in members", () => {
  const rightsFor = (group: string) =>
    [GUEST, ALICE, ROOT].map((subject) => may(rules(`a write ${group}`), "a", subject));
  assertEquals(rightsFor("*"), ["w", "w", "w"]);
  assertEquals(rightsFor("guests"), ["w", "", "rw"]);
  assertEquals(rightsFor("members"), ["", "w", "w"]);
  assertEquals(rightsFor("admins"), ["", "", "w"]);
});

Deno.test("RuleSet.rightsOn: matches account names in any case, and no guest", () => {
  const set = rules("a read ALICE josé");
  assertEquals([ALICE, member("José"), BOB].map((subject) => may(set, "a", subject)), [
    "r",
    "r",
    "",
  ]);
  assertEquals(may(set, "a", { ...GUEST, name: null }), "");
});

Deno.test("RuleSet.rightsOn: grants more or less than the general rights", () => {
  const set = rules("open read,write guests", "shut none *");
  assertEquals([may(set, "open", GUEST), may(set, "shut", ALICE)], ["rw", ""]);
});

Deno.test("RuleSet.rightsOn: distinguishes paths by case", () => {
  const set = rules("Private none *");
  assertEquals([may(set, "Private/x", ALICE), may(set, "private/x", ALICE)], ["", "rw"]);
});

Deno.test("RuleSet.mayReplace: requires both rights, mayWrite only write", () => {
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

Deno.test("RuleSet.mayList: hides an upload-only folder, or shows it without its files", () => {
  const hidden = rules("drop/** write guests");
  assertEquals([hidden.mayList("drop", GUEST), hidden.mayWrite("drop/x", GUEST)], [false, true]);
  const shown = rules("drop/* write guests");
  assert(shown.mayList("drop", GUEST) && shown.mayWrite("drop/x", GUEST));
  assert(!shown.mayRead("drop/x", GUEST) && !shown.mayWrite("drop", GUEST));
});

Deno.test("RuleSet.mayList: is true above readable paths, not beside them", () => {
  const set = rules("** none *", "a/b/c read alice", "x/*/y read *");
  const listed = (subject: Subject) =>
    ["", "a", "a/b", "a/b/c", "a/b/c/d", "a/b/d", "a/d", "b", "x", "x/z", "x/z/y", "x/z/w"]
      .filter((path) => set.mayList(path, subject));
  assertEquals(listed(ALICE), ["", "a", "a/b", "a/b/c", "a/b/c/d", "x", "x/z", "x/z/y"]);
  assertEquals(listed(BOB), ["", "x", "x/z", "x/z/y"]);
  assert(!set.mayRead("a", ALICE));
});

Deno.test("RuleSet.mayList: hides paths that a later rule covers", () => {
  const set = rules("a/b read *", "a none *");
  assertEquals([set.mayList("a", ALICE), set.mayList("a/b", ALICE)], [false, false]);
});

Deno.test("RuleSet.mayList: is true for every folder with a pattern of any depth", () => {
  const set = rules("** none *", "**/README.md read *");
  assert(set.mayList("", GUEST) && set.mayList("a/b", GUEST));
  assert(set.mayRead("a/b/README.md", GUEST) && !set.mayRead("a/b/x", GUEST));
});

Deno.test("RuleSet.rightsOn: returns the same object for all paths of a block", () => {
  const set = rules("a read,write *");
  assertStrictEquals(set.rightsOn("a", ALICE), set.rightsOn("a/b", ALICE));
});

Deno.test("RuleSet.accounts: lists the account names of the rules", () => {
  const set = rules("a read alice *", "b read Bob alice");
  assertEquals(set.accounts.map(({ name, line }) => `${name} ${line}`), [
    "alice 1",
    "Bob 2",
    "alice 2",
  ]);
});

Deno.test("RuleSet: distinguishes many subjects", () => {
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

Deno.test("RuleSet.mayList: reaches every readable path, for any rules", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), path, (lines, components) => {
      const set = rules(...lines);
      for (const subject of [GUEST, ALICE, BOB, ROOT]) {
        if (!set.mayRead(components.join("/"), subject)) continue;
        for (let depth = 0; depth < components.length; depth++) {
          assert(set.mayList(components.slice(0, depth).join("/"), subject), lines.join("\n"));
        }
      }
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("RuleSet.rightsOn: follows a last line for exactly the path, for any rules", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), path, (lines, components) => {
      const at = components.join("/");
      const set = rules(...lines, `${at} read *`);
      for (const subject of [GUEST, ALICE, ROOT]) assertEquals(may(set, at, subject), "r");
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("RuleSet: decides in a folder as in the root, for any rules", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), path, (lines, components) => {
      const set = rules(...lines);
      const inFolder = rules(...lines.map((line) => `x/${line}`));
      for (let depth = 0; depth <= components.length; depth++) {
        const at = components.slice(0, depth).join("/");
        const below = depth === 0 ? "x" : `x/${at}`;
        for (const subject of [GUEST, ALICE, ROOT]) {
          assertEquals(may(inFolder, below, subject), may(set, at, subject), lines.join("\n"));
          assertEquals(inFolder.mayList(below, subject), set.mayList(at, subject));
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("RuleSet: looks at no rule for another folder, of which there may be thousands", () => {
  const lines = Array.from({ length: 1_000 }, (_, i) => `secret-${i}/** read members`);
  const set = rules("*/*.key none *", ...lines);
  const { covers } = PathPattern.prototype;
  let count = 0;
  PathPattern.prototype.covers = function (path) {
    count++;
    return covers.call(this, path);
  };
  try {
    assertEquals([set.mayRead("a/b", GUEST), set.mayList("a", GUEST)], [true, true]);
    assertEquals([set.mayRead("a/b.key", ALICE), set.mayRead("secret-7/b", GUEST)], [false, false]);
  } finally {
    PathPattern.prototype.covers = covers;
  }
  assertEquals(count, 5);
});

Deno.test("RuleSet.mayDelete: takes read, write and delete, which read,write does not give", () => {
  const all = member("x", new Set(["read", "write", "delete"]));
  const rules = parse(
    "two/** read,write *\nthree/** read,write,delete *\nblind/** write,delete *\n",
  );
  const may = (path: string) => rules.mayDelete(path, all);
  assertEquals(["free", "two/a", "three/a", "blind/a"].map(may), [true, false, true, false]);
  assertEquals(rules.mayDelete("free", member("x", new Set(["read", "write"]))), false);
});

Deno.test("RuleSet.mayBelow: is false where any rule decides otherwise below the path", () => {
  const all = member("x", new Set(["read", "write", "delete"]));
  const rules = parse(
    "a/b/** read *\na/b/c/** read,write,delete *\nd/** read,write,delete *\n*/*.key none *\n",
  );
  const holds = (path: string) => rules.mayBelow(path, all, "write");
  // The line for a/b/c comes later than that for a/b, which decides nothing in it
  const paths = ["a", "a/b", "a/b/c", "a/b/c/d", "d", "d/x", "e", "e/f"];
  assertEquals(paths.filter(holds), ["a/b/c", "a/b/c/d", "d/x", "e/f"]);
});
