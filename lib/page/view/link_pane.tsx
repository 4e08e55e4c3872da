import type { ComponentChildren } from "preact";
import { t } from "../text/later_t.ts";
import { GetArea } from "./get_area.tsx";
import { useModel } from "./model_context.ts";
import { SendArea } from "./send_area.tsx";

interface LinkPaneProps {
  /** The rows of the folder that is shown. */
  readonly children: ComponentChildren;
}

/** What those see who have come by a link: what they get by it, or where they send files. */
export function LinkPane({ children }: LinkPaneProps) {
  const { link, connection } = useModel();
  const shown = connection.value.kind === "refused" ? null : link.value;
  return (
    <section class="pane link-pane" aria-label={t(shown?.kind === "put" ? "sendFiles" : "files")}>
      {shown?.kind === "put" && <SendArea link={shown} />}
      {shown?.kind === "get" && <GetArea link={shown}>{children}</GetArea>}
    </section>
  );
}
