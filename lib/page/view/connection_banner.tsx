import { VERSION } from "../../version.ts";
import { describeError } from "../text/describe_error.ts";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { later } from "./later.tsx";
import { useModel } from "./model_context.ts";

const NewVersion = later("NewVersion");
const TlsBanner = later("TlsBanner");

/** Tells that the connection has ended for good, and why. */
export function ConnectionBanner() {
  const model = useModel();
  const state = model.connection.value;
  if (state.kind === "needs-tls") return <TlsBanner url={state.url} />;
  if (state.kind !== "refused" && state.kind !== "blocked") {
    const version = model.server.value?.version ?? VERSION;
    return version === VERSION ? null : <NewVersion />;
  }
  const [title, text] = state.kind === "refused"
    ? [t("refusedTitle"), describeError(state.error)]
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
