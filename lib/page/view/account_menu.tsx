import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { later } from "./later.tsx";
import { useModel } from "./model_context.ts";

const Account = later("Account");

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
