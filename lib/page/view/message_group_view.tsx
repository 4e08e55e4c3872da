import { memo } from "./memo.ts";
import { cleanText } from "../../protocol/text.ts";
import type { TalkEntry } from "../model/page_model.ts";
import { dayOf, formatDay, formatMoment, formatTime } from "../text/format.ts";
import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { FileCard } from "./file_card.tsx";
import { Icon } from "./icon.tsx";
import { splitLinks } from "./link_parts.ts";
import {
  type AuthorGroup,
  type Comings,
  foldComings,
  type MessageGroup,
} from "./message_groups.ts";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Avatar, Peer } from "./parts.tsx";
import { later } from "./later.tsx";

/** A group of messages, events, or the beginning of a day. */
export const MessageGroupView = memo(
  ({ group }: { readonly group: MessageGroup }) => {
    if (group.kind === "day") return <Day time={group.time} />;
    return group.kind === "author" ? <Author group={group} /> : <Events entries={group.entries} />;
  },
  (before, after) => isSameGroup(before.group, after.group),
);

/** Groups are made anew with each message; entries are not. */
function isSameGroup(before: MessageGroup, after: MessageGroup): boolean {
  if (before.kind === "day" || after.kind === "day") return before.kind === after.kind;
  const { entries } = after;
  return before.kind === after.kind && before.entries.length === entries.length &&
    before.entries.every((entry, i) => entry === entries[i]);
}

function Day({ time }: { readonly time: number }) {
  const now = Date.now();
  const ago = dayOf(now) - dayOf(time);
  const text = ago === 0 ? t("today") : ago === 1 ? t("yesterday") : formatDay(time, now);
  return (
    <p class="day">
      <span>{text}</span>
    </p>
  );
}

function Author({ group }: { readonly group: AuthorGroup }) {
  const { from, isOwn, entries } = group;
  const time = entries[0]?.time ?? 0;
  return (
    <div class={isOwn ? "author own" : "author"}>
      <Avatar nick={from} />
      <div class="author-head">
        {isOwn
          ? (
            <span class="author-name">
              <Peer text={from} />
            </span>
          )
          : (
            <button
              type="button"
              class="author-name"
              title={t("about", { nick: from })}
              onClick={() => openDialog({ kind: "person", nick: from })}
            >
              <Peer text={from} />
            </button>
          )}
        <Time time={time} />
      </div>
      {entries.map((entry) => <Entry key={entry.key} entry={entry} />)}
    </div>
  );
}

function Time({ time }: { readonly time: number }) {
  return (
    <time dateTime={new Date(time).toISOString()} title={formatMoment(time)}>
      {formatTime(time)}
    </time>
  );
}

function Entry({ entry }: { readonly entry: TalkEntry }) {
  const { kind, file, text, from, sending, time } = entry;
  return (
    <div class={`entry ${kind} ${sending}`} title={formatMoment(time)}>
      {kind === "file" && file !== null ? <FileCard file={file} /> : (
        <p class="text" dir="auto">
          {kind === "action" && <Peer text={`${from ?? ""} `} />}
          <LinkedText text={text} />
          {sending === "waiting" && <WaitingSign />}
        </p>
      )}
      {sending === "failed" && <FailedNote entry={entry} />}
    </div>
  );
}

function WaitingSign() {
  return (
    <span class="waiting-sign" title={t("willBeSent")}>
      <Icon name="clock" />
      <span class="sr">{t("willBeSent")}</span>
    </span>
  );
}

function FailedNote({ entry }: { readonly entry: TalkEntry }) {
  const { talk } = useModel();
  return (
    <p class="not-sent">
      {t("notSent")}
      <button type="button" class="link" onClick={() => attempt(talk.resend(entry.key))}>
        {t("sendAgain")}
      </button>
    </p>
  );
}

function LinkedText({ text }: { readonly text: string }) {
  const parts = splitLinks(cleanText(text)).map((part, i) =>
    part.isLink
      ? <a key={i} href={part.text} target="_blank" rel="noopener noreferrer">{part.text}</a>
      : part.text
  );
  return <>{parts}</>;
}

const DeliveryNote = later("DeliveryNote");

/** So many of the nicks that came or went at once are named. */
const NAMED = 4;

function Events({ entries }: { readonly entries: readonly TalkEntry[] }) {
  const comings = foldComings(entries);
  if (comings.length > 0) {
    return <p class="event">{comings.map((each, i) => <ComingsText key={i} {...each} />)}</p>;
  }
  const [entry] = entries;
  return entry === undefined ? null : (
    <p class="event">
      <EventText entry={entry} />
    </p>
  );
}

function ComingsText({ kind, nicks }: Comings) {
  const isOne = nicks.length === 1;
  const verb = kind === "join"
    ? t(isOne ? "joined" : "joinedMany")
    : t(isOne ? "left" : "leftMany");
  const rest = nicks.length - NAMED;
  return (
    <span class="comings">
      {nicks.slice(0, NAMED).map((nick, i) => (
        <span key={nick}>
          {i > 0 && ", "}
          <Peer text={nick} />
        </span>
      ))}
      {rest > 0 && ` ${t("andMore", { count: rest })}`} {verb}
    </span>
  );
}

function EventText({ entry }: { readonly entry: TalkEntry }) {
  const { kind, from, text } = entry;
  if (kind === "missed") return <>{t("missed", { count: Number(text) })}</>;
  if (kind === "nick") {
    return (
      <>
        <Peer text={from ?? ""} /> {t("isNow")} <Peer text={text} />
      </>
    );
  }
  if (kind === "topic") {
    return (
      <>
        <Peer text={from ?? ""} /> {t("setTopic")} <Peer text={text} />
      </>
    );
  }
  if (kind === "away" || kind === "kept") return <DeliveryNote entry={entry} />;
  return (
    <strong>
      {t("fromServer")} <bdi>{cleanText(text)}</bdi>
    </strong>
  );
}
