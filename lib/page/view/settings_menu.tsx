import { useSignal } from "@preact/signals";
import { t } from "../text/t.ts";
import { IconButton } from "./parts.tsx";
import { later } from "./later.tsx";

const Settings = later("Settings");

/** The settings, behind a button. */
export function SettingsMenu() {
  const wasOpened = useSignal(false);
  return (
    <>
      <IconButton
        icon="settings"
        label={t("settings")}
        popovertarget="settings"
        onClick={() => wasOpened.value = true}
      />
      <div id="settings" popover="auto" class="menu">{wasOpened.value && <Settings />}</div>
    </>
  );
}
