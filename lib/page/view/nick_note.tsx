import { cleanLine } from "../../protocol/text.ts";
import { t } from "../text/later_t.ts";

/** Says why the client has another nick than the one that it wants. */
export function NickNote({ nick }: { readonly nick: string }) {
  return (
    <p class="side-note nick-note" role="status">
      <bdi>{t("nickTaken", { nick: cleanLine(nick) })}</bdi>
    </p>
  );
}
