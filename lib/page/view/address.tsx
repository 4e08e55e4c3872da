import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../text/later_t.ts";
import { copyText } from "./copy.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";

interface AddressProps {
  /** What the address is. */
  readonly label: string;
  readonly address: string;
  /** Whether other devices can open it. */
  readonly isReachable: boolean;
}

/** An address, to be scanned or copied. */
export function Address({ label, address, isReachable }: AddressProps) {
  return (
    <>
      {isReachable ? <QrCode text={address} /> : <NoAddress />}
      <div class="address">
        <input
          readOnly
          aria-label={label}
          value={address}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="primary" onClick={() => attempt(copyText(address))}>
          {t("copyAddress")}
        </button>
      </div>
    </>
  );
}

function NoAddress() {
  return (
    <>
      <div class="result wrong">
        <p>
          <Icon name="alert" />
          {t("noAddressTitle")}
        </p>
      </div>
      <p>{t("noAddressText")}</p>
    </>
  );
}

/** Empty modules around a code, by which scanners find it. */
const QUIET_ZONE = 3;

function QrCode({ text }: { readonly text: string }) {
  const model = useModel();
  const code = useSignal({ size: 0, path: "" });
  useEffect(() => {
    let isCurrent = true;
    attempt(
      model.qr(text).then((drawn) => {
        if (isCurrent) code.value = drawn;
      }),
    );
    return () => {
      isCurrent = false;
    };
  }, [text]);
  const { size, path } = code.value;
  const side = size + 2 * QUIET_ZONE;
  return (
    <svg
      class="qr"
      viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`}
      role="img"
      aria-label={t("qrLabel", { text })}
    >
      <path d={path} />
    </svg>
  );
}
