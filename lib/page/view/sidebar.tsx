import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { LIMITS } from "../../protocol/limits.ts";
import type { Conversation } from "../model/page_model.ts";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { NickForm } from "./nick_form.tsx";
import { attempt } from "./notices.tsx";
import { Avatar, Peer } from "./parts.tsx";
import { PeopleList } from "./people_list.tsx";
import { go } from "./route.ts";

interface SidebarProps {
  /** Called when a conversation was chosen. */
  readonly onChosen: () => void;
}

/** The rooms, the private talks, the people of the shown room, and the own nick. */
export function Sidebar({ onChosen }: SidebarProps) {
  const { talk, connection } = useModel();
  const isOpen = connection.value.kind === "open";
  const joined = talk.conversations.value.length;
  useEffect(() => {
    if (isOpen) attempt(talk.refreshRooms());
  }, [isOpen, joined]);
  const show = (name: string) => {
    go({ view: "talk", name });
    onChosen();
  };
  const all = talk.conversations.value;
  const privates = all.filter(({ kind }) => kind === "private");
  return (
    <div class="sidebar">
      <div class="sidebar-scroll">
        <h3>{t("rooms")}</h3>
        <ul class="side-list" aria-label={t("rooms")}>
          {all.filter(({ kind }) => kind === "room").map((each) => (
            <ConversationItem key={each.id} conversation={each} onChosen={show} />
          ))}
          <OtherRooms onChosen={show} />
        </ul>
        <NewRoom onJoined={show} />
        {privates.length > 0 && <h3>{t("privateTalks")}</h3>}
        {privates.length > 0 && (
          <ul class="side-list" aria-label={t("privateTalks")}>
            {privates.map((each) => (
              <ConversationItem key={each.id} conversation={each} onChosen={show} />
            ))}
          </ul>
        )}
        <PeopleList onChosen={show} />
      </div>
      <NickForm />
    </div>
  );
}

interface ConversationItemProps {
  readonly conversation: Conversation;
  readonly onChosen: (name: string) => void;
}

function ConversationItem({ conversation, onChosen }: ConversationItemProps) {
  const { talk } = useModel();
  const { id, kind, name, unread } = conversation;
  const isRoom = kind === "room";
  const isShown = talk.current.value?.id === id;
  return (
    <li>
      <button
        type="button"
        class={unread.value > 0 ? "side-item has-unread" : "side-item"}
        aria-current={isShown ? "true" : undefined}
        onClick={() => onChosen(isRoom ? name : `@${name}`)}
      >
        {isRoom ? <span class="hash" aria-hidden="true">#</span> : <Avatar nick={name} />}
        <span class="ellipsis">
          <Peer text={name} />
        </span>
        {unread.value > 0 && (
          <span class="badge">
            <span aria-hidden="true">{unread.value > 99 ? "99+" : unread.value}</span>
            <span class="sr">{t("unread", { count: unread.value })}</span>
          </span>
        )}
      </button>
    </li>
  );
}

/** So many rooms can be looked through; further ones can be typed. */
const SHOWN_ROOMS = 12;

/** The rooms of the server that the client is not in: a click joins one. */
function OtherRooms({ onChosen }: { readonly onChosen: (room: string) => void }) {
  const { talk } = useModel();
  const joined = new Set(talk.conversations.value.map(({ kind, name }) => `${kind} ${name}`));
  const rooms = talk.rooms.value.filter(({ room }) => !joined.has(`room ${room}`))
    .slice(0, SHOWN_ROOMS);
  return (
    <>
      {rooms.map(({ room, members }) => (
        <li key={room} class="quiet">
          <button
            type="button"
            class="side-item"
            title={t("joinRoom", { room })}
            onClick={() => attempt(talk.join(room).then(() => onChosen(room)))}
          >
            <span class="hash" aria-hidden="true">#</span>
            <span class="ellipsis">
              <Peer text={room} />
            </span>
            <span class="count" aria-hidden="true">{members}</span>
          </button>
        </li>
      ))}
    </>
  );
}

function NewRoom({ onJoined }: { readonly onJoined: (room: string) => void }) {
  const { talk } = useModel();
  const typed = useSignal("");
  const join = (event: Event) => {
    event.preventDefault();
    const room = typed.value.trim().replace(/^#/, "").toLowerCase();
    if (room === "") return;
    attempt(
      talk.join(room).then(() => {
        typed.value = "";
        onJoined(room);
      }),
    );
  };
  return (
    <form class="new-room" onSubmit={join}>
      <Icon name="plus" />
      <input
        aria-label={t("newRoom")}
        placeholder={t("newRoom")}
        maxLength={LIMITS.roomCharacters + 1}
        autoCapitalize="none"
        autoComplete="off"
        spellcheck={false}
        enterKeyHint="go"
        value={typed.value}
        onInput={(event) => typed.value = event.currentTarget.value}
      />
      <button type="submit" class="small">{t("join")}</button>
    </form>
  );
}
