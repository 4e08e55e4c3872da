import { RequestError } from "../../protocol/errors.ts";
import type { ReceivedLink } from "../../protocol/link_answers.ts";
import { describeError } from "../text/describe_error.ts";
import { formatMoment } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { DropArea } from "./drop_area.tsx";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { shownFolder } from "./room_folder.ts";
import { PickButtons } from "./send_buttons.tsx";

/** What those see who were asked for files: they send, and see nothing of what is there. */
export function SendPane() {
  const { link, connection } = useModel();
  const isOver = connection.value.kind === "refused";
  return (
    <section class="pane send-pane" aria-label={t("sendFiles")}>
      {link.value !== null && !isOver && <SendArea link={link.value} />}
    </section>
  );
}

function SendArea({ link: { kind, path, expiresMs } }: { readonly link: ReceivedLink }) {
  const { transfers } = useModel();
  const folder = shownFolder(path);
  if (kind === "get") {
    const error = new RequestError("denied", undefined, { reason: "link-narrow" });
    return <p class="send-about">{describeError(error)}</p>;
  }
  return (
    <DropArea
      text={t("dropInFolder", { folder })}
      onDrop={(data) => attempt(transfers.sendDropped(data, path))}
    >
      <div class="send-about">
        <h2>
          <bdi>{t("sendTitle", { folder })}</bdi>
        </h2>
        <p>{t("sendText")}</p>
        <div class="send-place">
          <Icon name="upload" />
          <p>{t("dropHere")}</p>
          <div class="answers">
            <PickButtons path={path} />
          </div>
        </div>
        <p class="muted">{t("linkUntil", { time: formatMoment(expiresMs) })}</p>
      </div>
    </DropArea>
  );
}
