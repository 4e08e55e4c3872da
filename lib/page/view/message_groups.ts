import { foldNick } from "../../protocol/chat_names.ts";
import type { TalkEntry } from "../model/page_model.ts";
import { dayOf } from "../text/format.ts";

/** Entries of one author that are shown under one name. */
export interface AuthorGroup {
  readonly kind: "author";
  readonly key: string;
  readonly from: string;
  readonly isOwn: boolean;
  readonly entries: readonly TalkEntry[];
}

/** Comings and goings that are shown on one line. */
export interface EventGroup {
  readonly kind: "events";
  readonly key: string;
  readonly entries: readonly TalkEntry[];
}

export interface DaySeparator {
  readonly kind: "day";
  readonly key: string;
  readonly time: number;
}

export type MessageGroup = AuthorGroup | EventGroup | DaySeparator;

/** Messages that are further apart get a new heading. */
const GROUP_MS = 5 * 60_000;

/** The entries without those of ignored people. @param ignored folded nicks */
export function withoutIgnored(
  entries: readonly TalkEntry[],
  ignored: ReadonlySet<string>,
): readonly TalkEntry[] {
  if (ignored.size === 0) return entries;
  return entries.filter(({ from, isOwn }) =>
    from === null || isOwn || !ignored.has(foldNick(from))
  );
}

/** Groups a conversation for the eye: by day, by author, and what is no message. */
export function groupEntries(entries: readonly TalkEntry[]): MessageGroup[] {
  const groups: MessageGroup[] = [];
  let last: { group: TalkEntry[]; entry: TalkEntry } | null = null;
  for (const entry of entries) {
    if (last === null || dayOf(last.entry.time) !== dayOf(entry.time)) {
      groups.push({ kind: "day", key: `day ${entry.key}`, time: entry.time });
      last = null;
    }
    if (last !== null && belongsTo(last.entry, entry)) {
      last.group.push(entry);
      last.entry = entry;
    } else {
      last = { group: [entry], entry };
      groups.push(startGroup(entry, last.group));
    }
  }
  return groups;
}

function startGroup(entry: TalkEntry, entries: readonly TalkEntry[]): MessageGroup {
  const { key, from, isOwn } = entry;
  return isSpoken(entry)
    ? { kind: "author", key, from: from ?? "", isOwn, entries }
    : { kind: "events", key, entries };
}

function belongsTo(last: TalkEntry, entry: TalkEntry): boolean {
  if (isSpoken(last) !== isSpoken(entry)) return false;
  if (!isSpoken(entry)) return isComing(last) && isComing(entry);
  return last.from === entry.from && entry.time - last.time < GROUP_MS;
}

function isSpoken({ kind }: TalkEntry): boolean {
  return kind === "message" || kind === "action" || kind === "file";
}

function isComing({ kind }: TalkEntry): boolean {
  return kind === "join" || kind === "part";
}

/** Nicks that came, or that left, next to each other. */
export interface Comings {
  readonly kind: "join" | "part";
  readonly nicks: readonly string[];
}

/** Comings and goings in a row, each nick once in each. */
export function foldComings(entries: readonly TalkEntry[]): Comings[] {
  const folded: { kind: "join" | "part"; nicks: Set<string> }[] = [];
  for (const { kind, from } of entries) {
    if (kind !== "join" && kind !== "part") continue;
    if (folded.at(-1)?.kind !== kind) folded.push({ kind, nicks: new Set() });
    folded.at(-1)?.nicks.add(from ?? "");
  }
  return folded.map(({ kind, nicks }) => ({ kind, nicks: [...nicks] }));
}
