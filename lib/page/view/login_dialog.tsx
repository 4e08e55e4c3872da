import { type Signal, useSignal } from "@preact/signals";
import { t } from "../text/later_t.ts";
import { Dialog } from "./dialog.tsx";
import { useDialogAction } from "./dialog_action.tsx";
import { closeDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";

/** Asks for the name and the password of an account. */
export function LoginDialog() {
  const model = useModel();
  const name = useSignal("");
  const password = useSignal("");
  const { run, isBusy, failure } = useDialogAction(() =>
    model.logIn(name.value.trim(), password.value)
  );
  const isRequired = model.connection.value.kind === "login-required";
  return (
    <Dialog title={t("logIn")} onClose={closeDialog}>
      <form class="form" onSubmit={run}>
        <p>{isRequired ? t("loginRequired") : t("loginSafe")}</p>
        <label>
          {t("name")}
          <input
            required
            autofocus
            autoComplete="username"
            autoCapitalize="none"
            spellcheck={false}
            value={name.value}
            onInput={(event) => name.value = event.currentTarget.value}
          />
        </label>
        <PasswordField value={password} />
        {failure}
        <div class="form-actions">
          <button type="submit" class="primary" disabled={isBusy}>{t("logIn")}</button>
        </div>
      </form>
    </Dialog>
  );
}

function PasswordField({ value }: { readonly value: Signal<string> }) {
  return (
    <label>
      {t("password")}
      <input
        type="password"
        required
        autoComplete="current-password"
        value={value.value}
        onInput={(event) => value.value = event.currentTarget.value}
      />
    </label>
  );
}
