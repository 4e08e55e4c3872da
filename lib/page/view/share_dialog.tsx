import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../text/later_t.ts";
import { copyText } from "./copy.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
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
        {isReachable ? <p>{t("shareText")}</p> : <NoAddress />}
        {isReachable && <QrCode text={address} />}
        <div class="address">
          <input
            readOnly
            aria-label={t("shareTitle")}
            value={address}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button type="button" class="primary" onClick={() => attempt(copyText(address))}>
            {t("copyAddress")}
          </button>
        </div>
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

function NoAddress() {
  return (
    <>
      <div class="result wrong">
        <p>
          <Icon name="alert" />
          {t("noAddressTitle")}
        </p>
      </div>
      <p>{t("noAddressText")}</p>
    </>
  );
}

/** Empty modules around a code, by which scanners find it. */
const QUIET_ZONE = 3;

function QrCode({ text }: { readonly text: string }) {
  const model = useModel();
  const code = useSignal({ size: 0, path: "" });
  useEffect(() => {
    let isCurrent = true;
    attempt(
      model.qr(text).then((drawn) => {
        if (isCurrent) code.value = drawn;
      }),
    );
    return () => {
      isCurrent = false;
    };
  }, [text]);
  const { size, path } = code.value;
  const side = size + 2 * QUIET_ZONE;
  return (
    <svg
      class="qr"
      viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`}
      role="img"
      aria-label={t("qrLabel", { text })}
    >
      <path d={path} />
    </svg>
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
