import type { Transfer } from "../model/page_model.ts";
import { percentOf } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { Icon } from "./icon.tsx";

/** The state of a transfer in a few letters. */
export function TransferSign({ transfer }: { readonly transfer: Transfer }) {
  const state = transfer.state.value;
  return (
    <span class={`sign ${state}`}>
      {state === "verified" && <Icon name="check" />}
      {state === "moving" ? `${percentOf(transfer.done.value, transfer.size)} %` : t(state)}
    </span>
  );
}
