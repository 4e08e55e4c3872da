import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LinkInfo } from "../../protocol/link_answers.ts";
import { cleanLine } from "../../protocol/text.ts";
import { describeError } from "../text/describe_error.ts";
import { formatChanged, formatSize } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";
import { attempt, tell } from "./notices.tsx";
import { Peer } from "./parts.tsx";
import { useLinks } from "./use_links.ts";

/** The links of the account, of an admin those of all, to be taken back. */
export function LinksDialog() {
  const client = useLinks();
  const links = useSignal<readonly LinkInfo[] | null>(null);
  const failure = useSignal<unknown>(null);
  const load = async () => {
    try {
      links.value = (await client.list()).toReversed();
    } catch (error) {
      failure.value = error;
    }
  };
  useEffect(() => void load(), []);
  const revoke = async ({ id, path }: LinkInfo) => {
    await client.revoke(id);
    tell(t("takenBack", { path: shownPath(path) }));
    await load();
  };
  return (
    <Dialog title={t("links")} onClose={closeDialog}>
      <div aria-live="polite">
        {failure.value !== null && <p class="form-error">{describeError(failure.value)}</p>}
        {links.value?.length === 0 && <p>{t("noLinks")}</p>}
        <ul class="links">
          {links.value?.map((link) => (
            <LinkRow
              key={link.id}
              link={link}
              onRevoke={() => attempt(revoke(link))}
            />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

interface RowProps {
  readonly link: LinkInfo;
  readonly onRevoke: () => void;
}

function LinkRow({ link, onRevoke }: RowProps) {
  const { kind, path, user, note, ended } = link;
  const own = useModel().me.value?.user;
  const facts = [t(kind === "get" ? "linkGet" : "linkPut"), ...statesOf(link)];
  // Those that hold a link that is used up may go on for an hour
  const isOpen = ended === null || ended === "used";
  if (user !== null && user !== own) facts.push(cleanLine(user));
  if (note !== null) facts.push(cleanLine(note));
  return (
    <li class={isOpen ? "" : "muted"}>
      <div>
        <Peer text={shownPath(path)} />
        <p class="muted">{facts.join(" · ")}</p>
      </div>
      {isOpen && (
        <button
          type="button"
          class="quiet-button danger"
          aria-label={t("takeBackOf", { path: shownPath(path) })}
          onClick={onRevoke}
        >
          {t("takeBack")}
        </button>
      )}
    </li>
  );
}

/** Whether it works, and how much of it is left. */
function statesOf({ ended, expiresMs, count, left, sizeBytes, bytesLeft }: LinkInfo): string[] {
  if (ended !== null) return [t(ended)];
  const states = [t("linkWorks", { time: formatChanged(expiresMs, Date.now()) })];
  if (count !== null && left !== null) states.push(t("linkLeft", { left, count }));
  if (sizeBytes !== null && bytesLeft !== null) {
    states.push(t("linkLeft", { left: formatSize(bytesLeft), count: formatSize(sizeBytes) }));
  }
  return states;
}

function shownPath(path: string): string {
  return `/${path}`;
}
