import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LIMITS } from "../../protocol/limits.ts";
import { utf8Length } from "../../protocol/text.ts";
import type { Conversation } from "../model/page_model.ts";
import { t } from "../text/t.ts";
import { drafts } from "./drafts.ts";
import { Icon } from "./icon.tsx";
import { loadLater } from "./later.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { IconButton } from "./parts.tsx";
import { go } from "./route.ts";

interface ComposerProps {
  readonly conversation: Conversation;
  /** Where files go that are added here. */
  readonly folder: string;
}

/** Where a message is written. What was not sent stays when another room is looked at. */
export function Composer({ conversation, folder }: ComposerProps) {
  const { transfers, server } = useModel();
  const { text, excess, write, send } = useDraft(conversation.id);
  const offer = (files: readonly File[]) => transfers.sendFiles(files, folder, conversation.id);
  return (
    <form class="composer" onSubmit={send}>
      {server.value?.hasUpload === true && <AttachButton onFiles={offer} />}
      <MessageField text={text.value} onText={write} onSend={send} onFiles={offer} />
      {excess.value > 0 && (
        <span class="excess" role="status">{t("tooLong", { bytes: excess.value })}</span>
      )}
      <button
        type="submit"
        class="send"
        aria-label={t("send")}
        title={t("send")}
        disabled={text.value.trim() === "" || excess.value > 0}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}

/** What is written in a conversation, and the sending of it. */
function useDraft(id: string) {
  const { talk } = useModel();
  const text = useSignal(drafts.get(id) ?? "");
  const excess = useComputed(() => utf8Length(text.value.trim()) - LIMITS.messageBytes);
  const write = (value: string) => {
    text.value = value;
    drafts.set(id, value);
  };
  const send = (event: Event) => {
    event.preventDefault();
    const message = text.value.trim();
    if (message === "" || excess.value > 0) return;
    if (/^\/\S/.test(message)) return attempt(run(message));
    write("");
    attempt(talk.send(message));
  };
  const run = async (message: string) => {
    const { runTyped } = await loadLater();
    const show = (name: string) => go({ view: "talk", name });
    // What was typed meanwhile stays
    const onTaken = () => {
      if (text.value.trim() === message) write("");
    };
    await runTyped(message, { talk, show, onTaken });
  };
  // Before the connection can be lost: commands then wait as messages do
  useEffect(() => void loadLater().catch(() => {}), []);
  return { text, excess, write, send };
}

interface FilesProps {
  readonly onFiles: (files: readonly File[]) => void;
}

function AttachButton({ onFiles }: FilesProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton icon="attach" label={t("attach")} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        class="offscreen"
        tabIndex={-1}
        aria-label={t("attachInput")}
        onChange={({ currentTarget }) => {
          onFiles([...currentTarget.files ?? []]);
          currentTarget.value = "";
        }}
      />
    </>
  );
}

interface MessageFieldProps extends FilesProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onSend: (event: Event) => void;
}

function MessageField({ text, onText, onSend, onFiles }: MessageFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => fitHeight(field.current), [text]);
  return (
    <textarea
      ref={field}
      rows={1}
      aria-label={t("message")}
      placeholder={t("message")}
      enterkeyhint="send"
      value={text}
      onInput={(event) => onText(event.currentTarget.value)}
      onKeyDown={(event) => {
        // While an input method composes, Enter ends its word
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        onSend(event);
      }}
      onPaste={(event) => {
        const files = [...event.clipboardData?.files ?? []];
        if (files.length === 0) return;
        event.preventDefault();
        onFiles(files);
      }}
    />
  );
}

/** Makes a text field as high as its text; the style sheet says how high at the most. */
function fitHeight(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
