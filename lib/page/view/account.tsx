import { t } from "../text/later_t.ts";
import { openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Avatar, Peer } from "./parts.tsx";

/** The account, with a button to log out. */
export function Account({ user }: { readonly user: string }) {
  const model = useModel();
  const label = t("loggedInAs", { name: user });
  return (
    <>
      <button
        type="button"
        class="icon-button account"
        popovertarget="account"
        aria-label={label}
        title={label}
      >
        <Avatar nick={user} />
      </button>
      <div id="account" popover="auto" class="menu">
        <p>
          <Peer text={label} />
        </p>
        <button type="button" class="quiet-button" onClick={() => openDialog({ kind: "links" })}>
          {t("links")}
        </button>
        <button type="button" class="quiet-button" onClick={() => attempt(model.logOut())}>
          <Icon name="leave" />
          {t("logOut")}
        </button>
      </div>
    </>
  );
}
