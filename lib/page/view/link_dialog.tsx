import { useSignal } from "@preact/signals";
import type { MadeLink } from "../../protocol/link_answers.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { FolderRow } from "../model/page_model.ts";
import { formatMoment } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { copyText } from "./copy.ts";
import { Dialog } from "./dialog.tsx";
import { useDialogAction } from "./dialog_action.tsx";
import { closeDialog, openDialog } from "./dialogs.ts";
import { linkLine, linkUrl } from "./link_line.ts";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { useLinks } from "./use_links.ts";
import { useUrls } from "./use_urls.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** How long a link can work, in hours. */
const LIVES = [1, DAY_HOURS, 7 * DAY_HOURS, 30 * DAY_HOURS] as const;

interface LinkProps {
  readonly row: FolderRow;
}

/** Makes a link to a file or folder, and shows the line for its receiver. */
export function LinkDialog({ row: { name, path } }: LinkProps) {
  const made = useSignal<MadeLink | null>(null);
  const title = <bdi>{t("linkTitle", { name })}</bdi>;
  return (
    <Dialog title={title} onClose={closeDialog}>
      {made.value === null
        ? <LinkForm path={path} onMade={(link) => made.value = link} />
        : <MadeView link={made.value} />}
    </Dialog>
  );
}

interface FormProps {
  readonly path: string;
  readonly onMade: (link: MadeLink) => void;
}

function LinkForm({ path, onMade }: FormProps) {
  const links = useLinks();
  const hours = useSignal<number>(DAY_HOURS);
  const count = useSignal("");
  const { run, isBusy, failure } = useDialogAction(async () => {
    const lifeMs = hours.value * HOUR_MS;
    const counted = count.value === "" ? {} : { count: Number(count.value) };
    onMade(await links.make(path, { lifeMs, ...counted }));
  }, () => {});
  return (
    <form class="form" onSubmit={run}>
      <p>{t("linkText")}</p>
      <label>
        {t("linkLife")}
        <select autofocus onChange={(event) => hours.value = Number(event.currentTarget.value)}>
          {LIVES.map((each) => (
            <option key={each} value={each} selected={each === hours.value}>{lifeOf(each)}</option>
          ))}
        </select>
      </label>
      <label>
        {t("linkCount")}
        <input
          type="number"
          min={1}
          max={LIMITS.linkCount}
          placeholder={t("anyNumber")}
          value={count.value}
          onInput={(event) => count.value = event.currentTarget.value}
        />
      </label>
      {failure}
      <div class="form-actions">
        <LinksButton />
        <button type="submit" class="primary" disabled={isBusy}>{t("makeLink")}</button>
      </div>
    </form>
  );
}

function lifeOf(hours: number): string {
  return hours < DAY_HOURS ? t("hours", { count: hours }) : t("days", { count: hours / DAY_HOURS });
}

function MadeView({ link }: { readonly link: MadeLink }) {
  const { fingerprint = null } = useModel().server.value ?? {};
  const known = linkUrl(useUrls(), fingerprint);
  const url = known ?? location.origin;
  const line = linkLine(link, url, fingerprint);
  return (
    <div class="form">
      <label>
        {t("linkReady")}
        <textarea
          readOnly
          rows={4}
          value={line}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <p>{t("linkUntil", { time: formatMoment(link.expiresMs) })} {t("linkOnce")}</p>
      <p>{t("linkRun")}</p>
      {link.count !== null && <p>{t("linkClaim")}</p>}
      {fingerprint === null && <p>{t("linkNoTls")}</p>}
      {known === undefined && <p>{t("linkHere", { host: new URL(url).hostname })}</p>}
      <div class="form-actions">
        <LinksButton />
        <button type="button" class="primary" onClick={() => attempt(copyText(line))}>
          {t("copyLine")}
        </button>
      </div>
    </div>
  );
}

function LinksButton() {
  return (
    <button type="button" class="quiet-button" onClick={() => openDialog({ kind: "links" })}>
      {t("links")}
    </button>
  );
}
