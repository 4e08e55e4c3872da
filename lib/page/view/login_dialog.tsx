import { useSignal } from "@preact/signals";
import { describeError } from "../text/describe_error.ts";
import { t } from "../text/later_t.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";

/** Asks for the name and the password of an account. */
export function LoginDialog() {
  const model = useModel();
  const name = useSignal("");
  const password = useSignal("");
  const isBusy = useSignal(false);
  const failure = useSignal<unknown>(null);
  const logIn = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    failure.value = null;
    try {
      await model.logIn(name.value.trim(), password.value);
      closeDialog();
    } catch (error) {
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  const isRequired = model.connection.value.kind === "login-required";
  return (
    <Dialog title={t("logIn")} onClose={closeDialog}>
      <form class="form" onSubmit={logIn}>
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
        <label>
          {t("password")}
          <input
            type="password"
            required
            autoComplete="current-password"
            value={password.value}
            onInput={(event) => password.value = event.currentTarget.value}
          />
        </label>
        <p role="alert" class="form-error">
          {failure.value !== null && describeError(failure.value)}
        </p>
        <div class="form-actions">
          <button type="submit" class="primary" disabled={isBusy.value}>{t("logIn")}</button>
        </div>
      </form>
    </Dialog>
  );
}
