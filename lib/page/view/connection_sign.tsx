import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ConnectionState } from "../model/page_model.ts";
import { t, type TextKey } from "../text/t.ts";
import { useModel } from "./model_context.ts";

type PlainKey =
  | "connecting"
  | "notLoggedIn"
  | "connected"
  | "reconnects"
  | "refused"
  | "blocked";

/** The text of each state; a screen reader hears it when the state changes. */
const TEXTS: Readonly<Record<ConnectionState["kind"], PlainKey & TextKey>> = {
  "connecting": "connecting",
  "login-required": "notLoggedIn",
  "open": "connected",
  "waiting": "reconnects",
  "refused": "refused",
  "blocked": "blocked",
  "needs-tls": "refused",
};

/** The state of the connection, and a button where waiting can be cut short. */
export function ConnectionSign() {
  const model = useModel();
  const state = model.connection.value;
  const text = t(TEXTS[state.kind]);
  return (
    <div class={`connection ${state.kind}`}>
      <span class="sr" role="status">{text}</span>
      <span class="dot" title={text} />
      <span class="connection-text" aria-hidden="true">
        {state.kind === "waiting" ? <Countdown until={state.retryAt} /> : text}
      </span>
      {state.kind === "waiting" && (
        <button
          type="button"
          class="link"
          onClick={() => model.reconnect()}
        >
          {t("tryNow")}
        </button>
      )}
    </div>
  );
}

function Countdown({ until }: { readonly until: number }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => now.value = Date.now(), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((until - now.value) / 1000);
  return <>{seconds > 0 ? t("reconnectsIn", { seconds }) : t("reconnects")}</>;
}
