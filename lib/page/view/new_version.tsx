import { t } from "../text/later_t.ts";
import { Icon } from "./icon.tsx";

/** The server was upgraded while the page was open: they may not understand each other. */
export function NewVersion() {
  return (
    <div class="banner calm" role="status">
      <Icon name="refresh" />
      <div>
        <p>{t("newVersion")}</p>
      </div>
      <button type="button" class="quiet-button" onClick={() => location.reload()}>
        {t("reload")}
      </button>
    </div>
  );
}
