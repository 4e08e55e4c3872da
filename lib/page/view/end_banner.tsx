import type { ConnectionState } from "../model/page_model.ts";
import { RequestError } from "../../protocol/errors.ts";
import { describeError } from "../text/describe_error.ts";
import { t } from "../text/later_t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";

interface EndBannerProps {
  readonly end: Extract<ConnectionState, { kind: "refused" | "blocked" | "needs-tls" }>;
}

/** Tells why the connection has ended for good, and what leads further. */
export function EndBanner({ end }: EndBannerProps) {
  const model = useModel();
  const [title, text] = textsOf(end);
  return (
    <div class="banner" role="alert">
      <Icon name="alert" />
      <div>
        <p class="banner-title">{title}</p>
        <p>
          <bdi>{text}</bdi>
        </p>
      </div>
      {end.kind === "needs-tls"
        ? (
          <a class="quiet-button" href={`${end.url}/${location.hash}`}>
            {t("openAt", { url: end.url })}
          </a>
        )
        : (
          <button type="button" class="quiet-button" onClick={() => model.reconnect()}>
            {t("connectAgain")}
          </button>
        )}
    </div>
  );
}

function textsOf(end: EndBannerProps["end"]): readonly [title: string, text: string] {
  if (end.kind === "refused") {
    const isLink = end.error instanceof RequestError && end.error.reason?.startsWith("link-");
    return [t(isLink ? "linkRefusedTitle" : "refusedTitle"), describeError(end.error)];
  }
  if (end.kind === "blocked") return [t("blockedTitle"), t("blockedText")];
  return [t("needsTlsTitle"), t("needsTlsText")];
}
