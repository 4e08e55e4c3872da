import { useComputed } from "@preact/signals";
import { formatCount } from "../text/format.ts";
import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";
import { Avatar, IconButton, Peer } from "./parts.tsx";

/** More names than these make the page slow, and nothing clearer. */
const SHOWN_PEOPLE = 200;

/** The people in the shown room: a click begins a private talk. */
export function PeopleList({ onChosen }: { readonly onChosen: (name: string) => void }) {
  const { talk, me } = useModel();
  const nicks = useComputed(() => talk.current.value?.members.value ?? []);
  const hidden = nicks.value.length - SHOWN_PEOPLE;
  const write = (nick: string) => {
    talk.openPrivate(nick);
    onChosen(`@${nick}`);
  };
  return (
    <>
      <h3>
        {t("people")} <span class="count">{formatCount(nicks.value.length)}</span>
      </h3>
      <ul class="side-list" aria-label={t("people")}>
        {nicks.value.slice(0, SHOWN_PEOPLE).map((nick) => (
          <li key={nick}>
            {nick === me.value?.nick ? <Self nick={nick} /> : <Other nick={nick} onWrite={write} />}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="side-note">{t("andMore", { count: hidden })}</p>}
    </>
  );
}

function Self({ nick }: { readonly nick: string }) {
  return (
    <span class="side-item self">
      <Avatar nick={nick} />
      <span class="ellipsis">
        <Peer text={nick} />
      </span>
      <span class="count">{t("you")}</span>
    </span>
  );
}

interface OtherProps {
  readonly nick: string;
  readonly onWrite: (nick: string) => void;
}

function Other({ nick, onWrite }: OtherProps) {
  return (
    <span class="person">
      <button
        type="button"
        class="side-item"
        title={t("writeTo", { nick })}
        onClick={() => onWrite(nick)}
      >
        <Avatar nick={nick} />
        <span class="ellipsis">
          <Peer text={nick} />
        </span>
      </button>
      <IconButton
        icon="more"
        label={t("about", { nick })}
        onClick={() => openDialog({ kind: "person", nick })}
      />
    </span>
  );
}
