import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { foldNick } from "../../protocol/chat_names.ts";
import { nearNick } from "../../client/near_nick.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Person } from "../model/person.ts";
import { describeError } from "../text/describe_error.ts";
import { formatMoment } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog, openDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";
import { Peer } from "./parts.tsx";
import { go } from "./route.ts";

interface PersonProps {
  readonly nick: string;
}

/** What the server tells of a person, and what can be done about it. */
export function PersonDialog({ nick }: PersonProps) {
  const { talk } = useModel();
  const person = useSignal<Person | null | undefined>(undefined);
  const failure = useSignal<unknown>(null);
  useEffect(() => {
    person.value = undefined;
    talk.whois(nick).then(
      (found) => person.value = found,
      (error) => failure.value = error,
    );
  }, [nick]);
  return (
    <Dialog title={<Peer text={nick} />} onClose={closeDialog}>
      <div aria-live="polite">
        {person.value && <Facts person={person.value} />}
        {person.value === null && <NotHere nick={nick} />}
        {failure.value !== null && <p class="form-error">{describeError(failure.value)}</p>}
      </div>
      <PersonActions nick={nick} />
    </Dialog>
  );
}

/** Says that a nick is not here, and names the one that may be meant. */
function NotHere({ nick }: PersonProps) {
  const { talk } = useModel();
  const rooms = talk.conversations.value.filter(({ kind }) => kind === "room");
  const near = nearNick(nick, rooms.flatMap(({ members }) => members.value));
  const show = () => near !== null && openDialog({ kind: "person", nick: near });
  return (
    <>
      <p>{t("notHere")}</p>
      {near !== null && (
        <button type="button" class="quiet-button" onClick={show}>
          {t("didYouMean", { name: cleanLine(near) })}
        </button>
      )}
    </>
  );
}

function Facts({ person: { user, since, away, rooms } }: { readonly person: Person }) {
  return (
    <dl class="facts">
      <dt>{t("account")}</dt>
      <dd>{user === null ? t("guest") : <Peer text={user} />}</dd>
      <dt>{t("connectedSince")}</dt>
      <dd>{formatMoment(since)}</dd>
      {rooms.length > 0 && <dt>{t("rooms")}</dt>}
      {rooms.length > 0 && <dd>{rooms.map((room) => `#${cleanLine(room)}`).join(", ")}</dd>}
      {away !== null && <dt>{t("away")}</dt>}
      {away !== null && (
        <dd>
          <Peer text={away} />
        </dd>
      )}
    </dl>
  );
}

function PersonActions({ nick }: PersonProps) {
  const { talk } = useModel();
  const isIgnored = talk.ignored.value.has(foldNick(nick));
  const write = () => {
    closeDialog();
    talk.openPrivate(nick);
    go({ view: "talk", name: `@${nick}` });
  };
  return (
    <>
      <p class="muted">{t(isIgnored ? "isIgnored" : "ignoreHint")}</p>
      <div class="form-actions">
        <button
          type="button"
          class="quiet-button"
          onClick={() => talk.ignore(nick, !isIgnored)}
        >
          {t(isIgnored ? "stopIgnoring" : "ignore")}
        </button>
        <button type="button" class="primary" onClick={write}>{t("writePrivately")}</button>
      </div>
    </>
  );
}
