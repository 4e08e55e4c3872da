import type { ReceivedLink } from "../../protocol/link_answers.ts";
import { formatMoment } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { DropArea } from "./drop_area.tsx";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { shownFolder } from "./room_folder.ts";
import { PickButtons } from "./send_buttons.tsx";

/** What those see who were asked for files: they send, and see nothing of what is there. */
export function SendArea({ link: { path, expiresMs } }: { readonly link: ReceivedLink }) {
  const { transfers } = useModel();
  const folder = shownFolder(path);
  return (
    <DropArea
      text={t("dropInFolder", { folder })}
      onDrop={(data) => attempt(transfers.sendDropped(data, path))}
    >
      <div class="link-about">
        <h2>
          <bdi>{t("sendTitle", { folder })}</bdi>
        </h2>
        <p>{t("sendText")}</p>
        <div class="link-place">
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
