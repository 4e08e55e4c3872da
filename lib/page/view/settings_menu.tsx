import { useSignal } from "@preact/signals";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { later } from "./later.tsx";

const Settings = later("Settings");

/** The settings, behind a button. */
export function SettingsMenu() {
  const wasOpened = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        popovertarget="settings"
        aria-label={t("settings")}
        title={t("settings")}
        onClick={() => wasOpened.value = true}
      >
        <Icon name="settings" />
      </button>
      <div id="settings" popover="auto" class="menu">{wasOpened.value && <Settings />}</div>
    </>
  );
}
