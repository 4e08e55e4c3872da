import type { TalkEntry } from "../model/page_model.ts";
import { formatMoment } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { Peer } from "./parts.tsx";

/** Tells that the recipient of a private message is away, or until when the message is kept for it. */
export function DeliveryNote({ entry: { kind, from, text } }: { readonly entry: TalkEntry }) {
  const peer = <Peer text={from ?? ""} />;
  return kind === "kept" ? <>{peer} {t("keptUntil", { time: formatMoment(Number(text)) })}</> : (
    <>
      {peer} {t("isAway")} <Peer text={text} />
    </>
  );
}
