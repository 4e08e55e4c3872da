import { type Signal, useSignal } from "@preact/signals";
import type { LinkKind, MadeLink } from "../../protocol/link_answers.ts";
import { linkPlace } from "../../protocol/link_key.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { lastComponent } from "../../protocol/path.ts";
import { formatMoment } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { Address } from "./address.tsx";
import { copyText } from "./copy.ts";
import { Dialog } from "./dialog.tsx";
import { useDialogAction } from "./dialog_action.tsx";
import { closeDialog, openDialog } from "./dialogs.ts";
import { linkLine, linkUrl } from "./link_line.ts";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { shownFolder } from "./room_folder.ts";
import { useLinks } from "./use_links.ts";
import { useUrls } from "./use_urls.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** How long a link can work, in hours. */
const LIVES = [1, DAY_HOURS, 7 * DAY_HOURS, 30 * DAY_HOURS] as const;

const MEGABYTE = 1_000_000;
const MAX_MEGABYTES = Math.floor(Number.MAX_SAFE_INTEGER / MEGABYTE);

interface LinkProps {
  /** Whether others get what is there, or send files into the folder. */
  readonly kind: LinkKind;
  readonly path: string;
}

/** Makes a link to a file or folder, and shows what its receiver needs. */
export function LinkDialog({ kind, path }: LinkProps) {
  const made = useSignal<MadeLink | null>(null);
  const title = kind === "get"
    ? t("linkTitle", { name: lastComponent(path) })
    : t("askTitle", { folder: shownFolder(path) });
  return (
    <Dialog title={<bdi>{title}</bdi>} onClose={closeDialog}>
      {made.value === null
        ? <LinkForm kind={kind} path={path} onMade={(link) => made.value = link} />
        : <MadeView link={made.value} title={title} />}
    </Dialog>
  );
}

interface FormProps extends LinkProps {
  readonly onMade: (link: MadeLink) => void;
}

function LinkForm({ kind, path, onMade }: FormProps) {
  const links = useLinks();
  const hours = useSignal<number>(DAY_HOURS);
  const count = useSignal("");
  const megabytes = useSignal("");
  const { run, isBusy, failure } = useDialogAction(async () => {
    const lifeMs = hours.value * HOUR_MS;
    const counted = count.value === "" ? {} : { count: Number(count.value) };
    const sized = megabytes.value === "" ? {} : { sizeBytes: Number(megabytes.value) * MEGABYTE };
    onMade(await links.make(path, { kind, lifeMs, ...counted, ...sized }));
  }, () => {});
  return (
    <form class="form" onSubmit={run}>
      <p>{t(kind === "get" ? "linkText" : "askText")}</p>
      <label>
        {t("linkLife")}
        <select autofocus onChange={(event) => hours.value = Number(event.currentTarget.value)}>
          {LIVES.map((each) => (
            <option key={each} value={each} selected={each === hours.value}>{lifeOf(each)}</option>
          ))}
        </select>
      </label>
      <NumberField label={t("linkCount")} limit={LIMITS.linkCount} value={count} />
      {kind === "put" && (
        <NumberField label={t("linkSize")} limit={MAX_MEGABYTES} value={megabytes} />
      )}
      {failure}
      <div class="form-actions">
        <LinksButton />
        <button type="submit" class="primary" disabled={isBusy}>{t("makeLink")}</button>
      </div>
    </form>
  );
}

interface NumberProps {
  readonly label: string;
  readonly limit: number;
  /** `""` for any number. */
  readonly value: Signal<string>;
}

function NumberField({ label, limit, value }: NumberProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={1}
        max={limit}
        placeholder={t("anyNumber")}
        value={value.value}
        onInput={(event) => value.value = event.currentTarget.value}
      />
    </label>
  );
}

function lifeOf(hours: number): string {
  return hours < DAY_HOURS ? t("hours", { count: hours }) : t("days", { count: hours / DAY_HOURS });
}

interface MadeProps {
  readonly link: MadeLink;
}

/** The address of a page for its receivers, and the line for their terminals. */
function MadeView({ link, title }: MadeProps & { readonly title: string }) {
  const [url] = useUrls();
  return (
    <div class="form share">
      <p>{t(link.kind === "get" ? "linkReady" : "askReady")}</p>
      <Address
        label={title}
        address={(url ?? location.origin) + linkPlace(link)}
        isReachable={url !== undefined}
      />
      <Notes link={link} />
      <TerminalLine link={link} />
      <div class="form-actions">
        <LinksButton />
      </div>
    </div>
  );
}

function TerminalLine({ link }: MadeProps) {
  const { fingerprint = null } = useModel().server.value ?? {};
  const line = linkLine(link, linkUrl(useUrls(), fingerprint) ?? location.origin, fingerprint);
  return (
    <dl class="facts">
      <dt>{t("inTerminal")}</dt>
      <dd>
        <code>{line} {link.kind === "put" && t("someFiles")}</code>
        <button type="button" class="link" onClick={() => attempt(copyText(line))}>
          {t("copyLine")}
        </button>
      </dd>
    </dl>
  );
}

/** What its creator should know of a link. */
function Notes({ link: { expiresMs, count } }: MadeProps) {
  const { server } = useModel();
  return (
    <>
      <p>{t("linkUntil", { time: formatMoment(expiresMs) })} {t("linkOnce")}</p>
      {count !== null && <p>{t("linkClaim")}</p>}
      {server.value?.fingerprint === null && <p>{t("linkNoTls")}</p>}
    </>
  );
}

function LinksButton() {
  return (
    <button type="button" class="quiet-button" onClick={() => openDialog({ kind: "links" })}>
      {t("links")}
    </button>
  );
}
