import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Conversation } from "../model/page_model.ts";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { groupEntries, withoutIgnored } from "./message_groups.ts";
import { MessageGroupView } from "./message_group_view.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Empty } from "./parts.tsx";

/** So near to its end, in pixels, the list follows new messages. */
const NEAR_END = 80;

/** The messages of a conversation; follows the newest unless older ones are being read. */
export function MessageList({ conversation }: { readonly conversation: Conversation }) {
  const { entries, kind, name } = conversation;
  const { talk: { ignored } } = useModel();
  const groups = useComputed(() => groupEntries(withoutIgnored(entries.value, ignored.value)));
  const { log, isAway, onScroll, toEnd } = useFollowing(conversation);
  return (
    <div class="messages">
      <div
        class="log"
        ref={log}
        role="log"
        aria-label={t("conversation")}
        aria-relevant="additions"
        tabIndex={0}
        onScroll={onScroll}
      >
        <OlderButton conversation={conversation} />
        {groups.value.length === 0 && (
          <Empty
            icon="talk"
            title={t("noMessages")}
            text={kind === "room" ? t("noMessagesText") : t("noPrivateText", { nick: name })}
          />
        )}
        {groups.value.map((group) => <MessageGroupView key={group.key} group={group} />)}
      </div>
      {isAway && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="arrowDown" />
          {t("newest")}
        </button>
      )}
    </div>
  );
}

/** Keeps the end of a list in view; where older entries are added above, what is read stays. */
function useFollowing({ entries }: Conversation) {
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const last = useRef({ firstKey: "", height: 0 });
  const shownHeight = useRef(0);
  const isAway = useSignal(false);
  const firstKey = entries.value[0]?.key ?? "";
  useLayoutEffect(() => {
    const element = log.current;
    if (element === null) return;
    const grownAbove = last.current.firstKey !== "" && last.current.firstKey !== firstKey;
    if (follows.current) element.scrollTop = element.scrollHeight;
    else if (grownAbove) element.scrollTop += element.scrollHeight - last.current.height;
    last.current = { firstKey, height: element.scrollHeight };
  }, [entries.value]);
  useEffect(() => {
    const element = log.current;
    if (element === null) return;
    // A message that is being written, or a keyboard on the screen, takes room from the list
    const observer = new ResizeObserver(() => {
      shownHeight.current = element.clientHeight;
      if (follows.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onScroll = () => {
    const element = log.current;
    if (element === null) return;
    // What the list shows has become less meanwhile: the observer is about to follow
    if (element.clientHeight < shownHeight.current) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    follows.current = below < NEAR_END;
    isAway.value = !follows.current;
  };
  const toEnd = () => log.current?.scrollTo(0, log.current.scrollHeight);
  return { log, isAway: isAway.value, onScroll, toEnd };
}

function OlderButton({ conversation }: { readonly conversation: Conversation }) {
  const { talk } = useModel();
  const isLoading = useSignal(false);
  if (!conversation.hasOlder.value) return null;
  const load = () => {
    isLoading.value = true;
    attempt(talk.loadOlder().finally(() => isLoading.value = false));
  };
  return (
    <button type="button" class="older" disabled={isLoading.value} onClick={load}>
      {isLoading.value ? t("loading") : t("older")}
    </button>
  );
}
