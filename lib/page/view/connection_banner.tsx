import { VERSION } from "../../version.ts";
import { cleanLine } from "../../protocol/text.ts";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";

/** Tells that the connection has ended for good, and why. */
export function ConnectionBanner() {
  const model = useModel();
  const state = model.connection.value;
  if (state.kind !== "refused" && state.kind !== "blocked") {
    const version = model.server.value?.version ?? VERSION;
    return version === VERSION ? null : <NewVersion />;
  }
  const [title, text] = state.kind === "refused"
    ? [t("refusedTitle"), cleanLine(state.message)]
    : [t("blockedTitle"), t("blockedText")];
  return (
    <div class="banner" role="alert">
      <Icon name="alert" />
      <div>
        <p class="banner-title">{title}</p>
        <p>
          <bdi>{text}</bdi>
        </p>
      </div>
      <button type="button" class="quiet-button" onClick={() => model.reconnect()}>
        {t("connectAgain")}
      </button>
    </div>
  );
}

/** The server was upgraded while the page was open: they may not understand each other. */
function NewVersion() {
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
