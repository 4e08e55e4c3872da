import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { FolderRow } from "../model/page_model.ts";
import { describeError } from "../text/describe_error.ts";
import { formatCount, formatMoment, formatSize } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { copyText } from "./copy.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog, openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Peer } from "./parts.tsx";
import { formatRoute } from "./route.ts";
import { useMayAsk } from "./send_buttons.tsx";

interface DetailsProps {
  readonly row: FolderRow;
}

/** What is known of a file or folder, and what can be done with it. */
export function DetailsDialog({ row }: DetailsProps) {
  const { transfers } = useModel();
  const { name, path, kind, size, modified } = row;
  return (
    <Dialog title={<Peer text={name} />} onClose={closeDialog}>
      <dl class="facts">
        <dt>{t("path")}</dt>
        <dd>
          <Peer text={`/${path.slice(0, -name.length)}`} />
        </dd>
        {size !== null && (
          <>
            <dt>{t("size")}</dt>
            <dd>
              {formatSize(size)}
              {size >= 1000 && <span class="muted">({formatCount(size)})</span>}
            </dd>
          </>
        )}
        {modified !== null && (
          <>
            <dt>{t("modified")}</dt>
            <dd>{formatMoment(modified)}</dd>
          </>
        )}
        {kind === "file" && <Hash path={path} />}
      </dl>
      {kind === "folder" && !transfers.canGetFolder && <p class="muted">{t("noFolders")}</p>}
      <LinkActions row={row} />
      <ChangeActions row={row} />
    </Dialog>
  );
}

/** The SHA-256 of a file, which the server may have to compute first. */
function Hash({ path }: { readonly path: string }) {
  const { folder } = useModel();
  const sha256 = useSignal<string | null>(null);
  const failure = useSignal<unknown>(null);
  useEffect(() => {
    folder.sha256(path).then(
      (hash) => sha256.value = hash,
      (error) => failure.value = error,
    );
  }, [path]);
  const hash = sha256.value;
  return (
    <>
      <dt>SHA-256</dt>
      <dd aria-live="polite">
        {hash !== null && <code>{hash}</code>}
        {hash === null && failure.value === null && <span class="muted">{t("computing")}</span>}
        {failure.value !== null && describeError(failure.value)}
        {hash !== null && (
          <button
            type="button"
            class="link"
            onClick={() => attempt(copyText(hash))}
          >
            {t("copySha256")}
          </button>
        )}
      </dd>
    </>
  );
}

function LinkActions({ row, row: { path, kind } }: DetailsProps) {
  const { transfers, link } = useModel();
  const isFile = kind === "file";
  const get = () => {
    attempt(transfers.getAll([row]));
    closeDialog();
  };
  return (
    <div class="form-actions">
      {(isFile || transfers.canGetFolder) && (
        <button type="button" class="primary" onClick={get}>
          <Icon name="download" />
          {t("get")}
        </button>
      )}
      {link.value === null && <CopyLink row={row} />}
      {isFile && (
        <button
          type="button"
          class="quiet-button"
          onClick={() => openDialog({ kind: "check", path })}
        >
          {t("checkSaved")}
        </button>
      )}
      <ShareActions row={row} />
    </div>
  );
}

function CopyLink({ row: { path, kind } }: DetailsProps) {
  const { folder } = useModel();
  const isFile = kind === "file";
  const copyLink = async () => {
    const place = formatRoute({ view: "files", name: path });
    await copyText(isFile ? await folder.link(path) : new URL(place, location.href).href);
  };
  return (
    <button
      type="button"
      class="quiet-button"
      title={isFile ? t("linkHint") : undefined}
      onClick={() => attempt(copyLink())}
    >
      {t("copyLink")}
    </button>
  );
}

/** Leads to links for people without an account. */
function ShareActions({ row, row: { kind, path } }: DetailsProps) {
  const mayAsk = useMayAsk();
  if (!useModel().folder.canShare.value) return null;
  return (
    <>
      <button
        type="button"
        class="quiet-button"
        onClick={() => openDialog({ kind: "link", row })}
      >
        {t("shareByLink")}
      </button>
      {kind === "folder" && mayAsk && (
        <button
          type="button"
          class="quiet-button"
          onClick={() => openDialog({ kind: "ask", path })}
        >
          {t("askForFiles")}
        </button>
      )}
    </>
  );
}

function ChangeActions({ row }: DetailsProps) {
  const { folder } = useModel();
  if (!folder.canChange.value) return null;
  return (
    <div class="form-actions apart">
      <button
        type="button"
        class="quiet-button"
        onClick={() => openDialog({ kind: "rename", row })}
      >
        <Icon name="pencil" />
        {t("rename")}
      </button>
      <button
        type="button"
        class="quiet-button danger"
        onClick={() => openDialog({ kind: "delete", row })}
      >
        <Icon name="trash" />
        {t("delete")}
      </button>
    </div>
  );
}
