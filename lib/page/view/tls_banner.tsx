import { t } from "../text/later_t.ts";
import { Icon } from "./icon.tsx";

/** Tells that the server is reached by https now, and leads there. */
export function TlsBanner({ url }: { readonly url: string }) {
  return (
    <div class="banner" role="alert">
      <Icon name="lock" />
      <div>
        <p class="banner-title">{t("needsTlsTitle")}</p>
        <p>{t("needsTlsText")}</p>
      </div>
      <a class="quiet-button" href={`${url}/${location.hash}`}>{t("openAt", { url })}</a>
    </div>
  );
}
