/// <reference lib="dom" />
import { computed, type Signal, signal } from "@preact/signals-core";
import type { Conversation, TalkEntry, TalkModel } from "../../../lib/page/model/page_model.ts";
import type { Scene } from "./mock_model.ts";

/** The scenes play on this day, so that pictures stay the same. */
export const NOW = new Date(2026, 10, 29, 16, 20).getTime();

const MINUTE = 60_000;
const HASH = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

interface MutableConversation extends Conversation {
  readonly entries: Signal<readonly TalkEntry[]>;
  readonly unread: Signal<number>;
}

let lastKey = 0;

function entry(
  minutesAgo: number,
  from: string | null,
  text: string,
  more: Partial<TalkEntry> = {},
) {
  const base: TalkEntry = {
    key: `k${++lastKey}`,
    kind: "message",
    from,
    isOwn: from === "ana",
    text,
    file: null,
    time: NOW - minutesAgo * MINUTE,
    seq: lastKey,
    sending: "sent",
  };
  return { ...base, ...more };
}

function offer(minutesAgo: number, from: string, path: string, size: number): TalkEntry {
  return entry(minutesAgo, from, path, { kind: "file", file: { path, size, sha256: HASH } });
}

function usualEntries(): TalkEntry[] {
  return [
    entry(1700, "bruno", "The scans of the plans are done, all 212 pages."),
    entry(1699, "bruno", "I put them in plans/2026 – tell me if one is blurred."),
    entry(1690, "ana", "Perfect, thank you!"),
    entry(95, "carla", "", { kind: "join" }),
    entry(94, "dmitri", "", { kind: "join" }),
    entry(90, "carla", "Good afternoon. Does anyone have the photos of Sunday?"),
    entry(88, "bruno", "One moment, they are on the camera."),
    offer(84, "bruno", "lobby/sunday-lake.zip", 734_003_200),
    entry(
      83,
      "bruno",
      "Everything, unsorted. The good ones are at the end: https://example.org/lake?p=2.",
    ),
    entry(40, "carla", "waves from the lake", { kind: "action" }),
    entry(
      22,
      "carla",
      "Got it, and it was verified 👍\nI will sort them tonight and put the best ones into photos/lake.",
    ),
    entry(12, "dmitri", "dima", { kind: "nick" }),
    entry(6, "ana", "Here is the list of who brings what."),
    offer(6, "ana", "lobby/who-brings-what.md", 2_418),
    entry(2, "dima", "I bring the bread."),
    entry(0, "ana", "And I bring the coffee.", { sending: "waiting" }),
  ];
}

function manyEntries(): TalkEntry[] {
  const names = ["ana", "bruno", "carla", "dima", "erik", "fátima"];
  return Array.from(
    { length: 3000 },
    (_, i) =>
      entry(
        3000 - i,
        names[(i * i + (i >> 3)) % names.length] ?? "ana",
        `Message ${i + 1} of many.`,
      ),
  );
}

function hostileEntries(): TalkEntry[] {
  const long = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(6);
  return [
    entry(60, "<img src=x onerror=alert(1)>", "<script>alert(1)</script> javascript:alert(1)"),
    entry(50, "مريم", "مرحبا بالجميع، هذه رسالة من اليمين إلى اليسار (2026)."),
    entry(49, "مريم", "https://example.org/مرحبا and English in one line"),
    entry(40, "x".repeat(32), long),
    offer(39, "x".repeat(32), `lobby/${"long name ".repeat(24)}.tar.zst`, 5_368_709_120),
    offer(38, "evil", "lobby/gpj.\u202etxt.exe", 12),
    entry(30, null, "12", { kind: "missed" }),
    entry(29, null, "The server restarts at 18:00", { kind: "notice" }),
    entry(28, "bruno", "Bread, coffee, and no politics", { kind: "topic" }),
    ...["a", "b", "c", "d", "e", "f"].map((nick) => entry(27, nick, "", { kind: "join" })),
    entry(26, "a", "", { kind: "part" }),
    entry(5, "ana", "This one did not get through", { sending: "failed" }),
    entry(4, "ana", "line one\n\n    indented\nline three"),
  ];
}

const ENTRIES = {
  usual: usualEntries,
  empty: () => [],
  many: manyEntries,
  hostile: hostileEntries,
};

function conversation(
  kind: Conversation["kind"],
  name: string,
  more: Partial<
    Record<"entries", TalkEntry[]> & { members: string[]; unread: number; topic: string }
  >,
): MutableConversation {
  return {
    id: `${kind} ${name}`,
    kind,
    name,
    entries: signal(more.entries ?? []),
    unread: signal(more.unread ?? 0),
    members: signal(more.members ?? ["ana", name]),
    topic: signal(more.topic ?? ""),
    hasOlder: signal((more.entries?.length ?? 0) > 12),
  };
}

const PEOPLE = ["ana", "bruno", "carla", "dima", "erik", "fátima"];

function startConversations(scene: NonNullable<Scene["talk"]>): MutableConversation[] {
  if (scene === "none") return [];
  const isHostile = scene === "hostile";
  const members = isHostile ? [...PEOPLE, "مريم", "x".repeat(32)] : PEOPLE;
  const lobby = conversation("room", "lobby", {
    entries: ENTRIES[scene](),
    members,
    topic: isHostile ? "A topic that goes on and on, ".repeat(9) : "",
  });
  if (scene === "empty") return [lobby];
  return [
    lobby,
    conversation("room", isHostile ? "r".repeat(64) : "garden", { members, unread: 3 }),
    conversation("room", "ops", { members, unread: isHostile ? 128 : 0 }),
    conversation("private", "bruno", {
      unread: 1,
      entries: [entry(30, "bruno", "Did you see the water bill?")],
    }),
  ];
}

/** A talk in memory. */
export function makeTalk(
  scene: NonNullable<Scene["talk"]>,
  setNick: (nick: string) => void,
): TalkModel {
  const conversations = signal(startConversations(scene));
  const shown = signal(conversations.value[0]?.id ?? null);
  const current = computed(() => conversations.value.find(({ id }) => id === shown.value) ?? null);
  const ignored = signal<ReadonlySet<string>>(new Set());
  const add = (kind: Conversation["kind"], name: string) => {
    const made = conversation(kind, name, {});
    conversations.value = [...conversations.value, made];
    shown.value = made.id;
  };
  return {
    conversations,
    current,
    rooms: signal([
      { room: "lobby", members: 6 },
      { room: "music", members: 4 },
      { room: "school", members: 11 },
    ]),
    see() {},
    ignored,
    ignore: (nick, isIgnored) => {
      ignored.value = new Set(isIgnored ? [nick] : []);
    },
    whois: () => Promise.resolve({ user: null, since: NOW, away: "at lunch", rooms: ["lobby"] }),
    select: (id) => {
      shown.value = id;
      if (current.value !== null) current.value.unread.value = 0;
    },
    send: (text) => {
      const to = current.value;
      if (to !== null) to.entries.value = [...to.entries.value, entry(0, "ana", text)];
      return Promise.resolve();
    },
    resend: () => Promise.resolve(),
    join: (room) => Promise.resolve(add("room", room)),
    leave: (id) => {
      conversations.value = conversations.value.filter((each) => each.id !== id);
      shown.value = conversations.value[0]?.id ?? null;
      return Promise.resolve();
    },
    openPrivate: (nick) => {
      const id = `private ${nick}`;
      if (conversations.value.some((each) => each.id === id)) shown.value = id;
      else add("private", nick);
    },
    loadOlder: () => Promise.resolve(),
    refreshRooms: () => Promise.resolve(),
    setNick: (nick) => Promise.try(setNick, nick),
    setTopic: () => Promise.resolve(),
    setAway: () => Promise.resolve(),
  };
}
