import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Avatar, Peer } from "./parts.tsx";

/** A button to log in, or the account with a button to log out. */
export function AccountMenu() {
  const { server, me, connection } = useModel();
  const user = me.value?.user ?? null;
  const mayLogIn = server.value?.hasAccounts || connection.value.kind === "login-required";
  if (user !== null) return <Account user={user} />;
  if (!mayLogIn) return null;
  return (
    <button type="button" class="quiet-button" onClick={() => openDialog({ kind: "log-in" })}>
      <Icon name="user" />
      <span class="button-text">{t("logIn")}</span>
    </button>
  );
}

function Account({ user }: { readonly user: string }) {
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
        <button type="button" class="quiet-button" onClick={() => attempt(model.logOut())}>
          <Icon name="leave" />
          {t("logOut")}
        </button>
      </div>
    </>
  );
}
