import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { LIMITS } from "../../protocol/limits.ts";
import { t } from "../text/t.ts";
import { later } from "./later.tsx";
import { useModel } from "./model_context.ts";
import { tellError } from "./notices.tsx";
import { Avatar, IconButton } from "./parts.tsx";

const NickNote = later("NickNote");

/** The own nick, which can be changed in place. */
export function NickForm() {
  const { talk, me, takenNick } = useModel();
  const typed = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const own = useComputed(() => me.value?.nick ?? "");
  // Not at each event of the talk: that would take away what is typed
  useSignalEffect(() => {
    typed.value = own.value;
  });
  const change = async (event: Event) => {
    event.preventDefault();
    const nick = typed.value.trim();
    if (nick === "" || nick === own.value) return field.current?.select();
    try {
      await talk.setNick(nick);
    } catch (error) {
      tellError(error);
    }
  };
  const isChanged = typed.value.trim() !== own.value;
  return (
    <>
      {takenNick.value !== null && <NickNote nick={takenNick.value} />}
      <form class="nick-form" onSubmit={change}>
        <Avatar nick={own.value || "?"} />
        <input
          ref={field}
          aria-label={t("nick")}
          maxLength={2 * LIMITS.nickCharacters}
          autoComplete="nickname"
          spellcheck={false}
          enterKeyHint="done"
          value={typed.value}
          onInput={(event) => typed.value = event.currentTarget.value}
        />
        <IconButton type="submit" icon={isChanged ? "check" : "pencil"} label={t("changeNick")} />
      </form>
    </>
  );
}
