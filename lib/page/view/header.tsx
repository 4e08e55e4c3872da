import { openDialog } from "./dialogs.ts";
import { t } from "../text/t.ts";
import { AccountMenu } from "./account_menu.tsx";
import { ConnectionSign } from "./connection_sign.tsx";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { IconButton, Peer } from "./parts.tsx";
import { SettingsMenu } from "./settings_menu.tsx";

/** The head of the page: the server, the connection, and what belongs to no view. */
export function Header() {
  const { server, link } = useModel();
  return (
    <header class="top">
      <h1>
        <Mark />
        <span class="ellipsis">
          <Peer text={server.value?.name ?? "tcp-chat"} />
        </span>
      </h1>
      <ConnectionSign />
      <div class="actions">
        {server.value !== null && link.value === null && (
          <IconButton
            icon="share"
            label={t("share")}
            onClick={() => openDialog({ kind: "share" })}
          />
        )}
        <SettingsMenu />
        {link.value === null && <AccountMenu />}
      </div>
    </header>
  );
}

/** The sign of the program. */
function Mark() {
  return (
    <span class="mark">
      <Icon name="check" />
    </span>
  );
}
