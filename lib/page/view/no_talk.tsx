import { t } from "../text/later_t.ts";
import { useModel } from "./model_context.ts";
import { Empty } from "./parts.tsx";

/** What stands in place of the talk: where the server has none, or the client is in no room. */
export function NoTalk() {
  return useModel().server.value?.hasChat === false
    ? <Empty icon="talk" title={t("noChatTitle")} text={t("noChatText")} />
    : <Empty icon="talk" title={t("noRoomTitle")} text={t("noRoomText")} />;
}
