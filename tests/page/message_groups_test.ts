/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { TalkEntry } from "../../lib/page/model/page_model.ts";
import { foldComings, groupEntries } from "../../lib/page/view/message_groups.ts";

const NOON = new Date(2026, 10, 29, 12).getTime();
const MINUTE = 60_000;

function entry(kind: TalkEntry["kind"], from: string | null, minutes: number): TalkEntry {
  return {
    key: `${kind} ${from} ${minutes}`,
    kind,
    from,
    isOwn: false,
    text: "",
    file: null,
    time: NOON + minutes * MINUTE,
    seq: null,
    sending: "sent",
  };
}

/** The groups, each as its kind and its number of entries. */
const shapeOf = (entries: readonly TalkEntry[]) =>
  groupEntries(entries).map((group) =>
    group.kind === "day" ? "day" : `${group.kind} ${group.entries.length}`
  );

Deno.test("groupEntries: keeps what one author says within five minutes together", () => {
  const entries = [entry("message", "a", 0), entry("file", "a", 4), entry("action", "a", 8.9)];
  assertEquals(shapeOf(entries), ["day", "author 3"]);
  assertEquals(shapeOf([...entries, entry("message", "a", 13.9)]), ["day", "author 3", "author 1"]);
  assertEquals(shapeOf([...entries, entry("message", "b", 9)]), ["day", "author 3", "author 1"]);
});

Deno.test("groupEntries: begins each day anew, also for one author", () => {
  const entries = [entry("message", "a", 719), entry("message", "a", 721)];
  assertEquals(shapeOf(entries), ["day", "author 1", "day", "author 1"]);
});

Deno.test("groupEntries: puts comings and goings on one line, other events on their own", () => {
  const entries = [
    entry("join", "a", 0),
    entry("part", "b", 1),
    entry("nick", "a", 2),
    entry("notice", null, 3),
    entry("join", "c", 4),
  ];
  assertEquals(shapeOf(entries), ["day", "events 2", "events 1", "events 1", "events 1"]);
});

Deno.test("groupEntries: gives every group a key of its own", () => {
  const entries = [entry("message", "a", 719), entry("message", "b", 721), entry("join", "a", 722)];
  const keys = groupEntries(entries).map(({ key }) => key);
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("foldComings: names each nick once in a row of the same kind", () => {
  const entries = [
    entry("join", "a", 0),
    entry("join", "b", 1),
    entry("join", "a", 2),
    entry("part", "a", 3),
    entry("join", "a", 4),
  ];
  assertEquals(foldComings(entries), [
    { kind: "join", nicks: ["a", "b"] },
    { kind: "part", nicks: ["a"] },
    { kind: "join", nicks: ["a"] },
  ]);
});
