import { useSignal } from "@preact/signals";
import { t } from "../text/later_t.ts";
import { Address } from "./address.tsx";
import { Dialog } from "./dialog.tsx";
import { closeDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";
import { shownFolder } from "./room_folder.ts";
import { formatRoute } from "./route.ts";
import { useUrls } from "./use_urls.ts";

/** The address of the page, to be scanned or copied. */
export function ShareDialog() {
  const { server, folder } = useModel();
  const path = folder.path.value;
  const withFolder = useSignal(path !== "");
  const urls = useUrls();
  const [first = location.origin, ...others] = urls;
  const isReachable = urls.length > 0;
  const place = withFolder.value ? `/${formatRoute({ view: "files", name: path })}` : "/";
  const address = first.replace(/\/$/, "") + place;
  return (
    <Dialog title={t("shareTitle")} onClose={closeDialog}>
      <div class="form share">
        {isReachable && <p>{t("shareText")}</p>}
        <Address label={t("shareTitle")} address={address} isReachable={isReachable} />
        {path !== "" && (
          <label class="check">
            <input
              type="checkbox"
              checked={withFolder.value}
              onChange={(event) => withFolder.value = event.currentTarget.checked}
            />
            <bdi>{t("sharePlace", { folder: shownFolder(path) })}</bdi>
          </label>
        )}
        <Further urls={others} fingerprint={server.value?.fingerprint ?? null} />
      </div>
    </Dialog>
  );
}

interface FurtherProps {
  readonly urls: readonly string[];
  readonly fingerprint: string | null;
}

function Further({ urls, fingerprint }: FurtherProps) {
  if (urls.length === 0 && fingerprint === null) return null;
  return (
    <dl class="facts">
      {urls.length > 0 && <dt>{t("otherAddresses")}</dt>}
      {urls.map((url) => (
        <dd key={url}>
          <code>{url}</code>
        </dd>
      ))}
      {fingerprint !== null && <dt>{t("fingerprint")}</dt>}
      {fingerprint !== null && (
        <dd>
          <code>{fingerprint}</code>
        </dd>
      )}
    </dl>
  );
}
