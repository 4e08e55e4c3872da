import { type Signal, useSignal } from "@preact/signals";
import type { Conversation } from "../model/page_model.ts";
import { t } from "../text/t.ts";
import { Composer } from "./composer.tsx";
import { DropArea } from "./drop_area.tsx";
import { later } from "./later.tsx";
import { MessageList } from "./message_list.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Avatar, IconButton, Peer } from "./parts.tsx";
import { folderOf, shownFolder } from "./room_folder.ts";
import { go } from "./route.ts";
import { Sidebar } from "./sidebar.tsx";

const NoTalk = later("NoTalk");

/** The talk: rooms and people, and the conversation that is shown. */
export function TalkPane() {
  const { talk, server, connection } = useModel();
  const isSidebarOpen = useSignal(false);
  const shown = talk.current.value;
  if (server.value?.hasChat === false) {
    return <NoTalk />;
  }
  return (
    <div
      class="talk"
      data-sidebar={isSidebarOpen.value ? "open" : "closed"}
      onKeyDown={(event) => closeOnEscape(event, isSidebarOpen)}
    >
      <Sidebar onChosen={() => isSidebarOpen.value = false} />
      <button
        type="button"
        class="scrim"
        aria-label={t("close")}
        tabIndex={-1}
        onClick={() => isSidebarOpen.value = false}
      />
      <div class="conversation">
        <div class="pane-head">
          <IconButton
            icon="people"
            label={t("menu")}
            class="sidebar-button"
            aria-expanded={isSidebarOpen.value}
            onClick={() => isSidebarOpen.value = !isSidebarOpen.value}
          />
          {shown !== null && <ConversationHead key={shown.id} conversation={shown} />}
        </div>
        {shown !== null && <ConversationView key={shown.id} conversation={shown} />}
        {shown === null && connection.value.kind === "open" && <NoTalk />}
      </div>
    </div>
  );
}

function closeOnEscape({ key }: KeyboardEvent, isOpen: Signal<boolean>): void {
  if (key !== "Escape" || !isOpen.value) return;
  isOpen.value = false;
  document.querySelector<HTMLElement>(".sidebar-button")?.focus();
}

interface ConversationProps {
  readonly conversation: Conversation;
}

function ConversationHead({ conversation }: ConversationProps) {
  const { talk } = useModel();
  const { id, kind, name, members, topic } = conversation;
  const isRoom = kind === "room";
  const about = topic.value !== ""
    ? topic.value
    : isRoom
    ? t("members", { count: members.value.length })
    : t("privateWith");
  const leave = () => {
    attempt(talk.leave(id));
    go({ view: "talk", name: "" });
  };
  return (
    <>
      {!isRoom && <Avatar nick={name} />}
      <div class="titles">
        <h3>
          {isRoom && <span class="hash">#</span>}
          <Peer text={name} />
        </h3>
        <p>
          <Peer text={about} />
        </p>
      </div>
      <IconButton
        icon={isRoom ? "leave" : "close"}
        label={t(isRoom ? "leaveRoom" : "closeTalk")}
        onClick={leave}
      />
    </>
  );
}

function ConversationView({ conversation }: ConversationProps) {
  const { transfers, server } = useModel();
  const folder = folderOf(conversation);
  const takesFiles = server.value?.hasUpload === true;
  const text = t(conversation.kind === "room" ? "dropInRoom" : "dropPrivate", {
    folder: shownFolder(folder),
  });
  const send = (data: DataTransfer) =>
    attempt(transfers.sendDropped(data, folder, conversation.id));
  return (
    <DropArea text={takesFiles ? text : t("uploadsOff")} onDrop={takesFiles ? send : null}>
      <MessageList conversation={conversation} />
      <Composer conversation={conversation} folder={folder} />
    </DropArea>
  );
}
