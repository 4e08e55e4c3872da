import { useSignal } from "@preact/signals";
import type { FolderRow } from "../model/page_model.ts";
import { describeError } from "../text/describe_error.ts";
import { t } from "../text/later_t.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";

/** Asks before a file or folder is deleted. */
export function DeleteDialog({ row: { name, path } }: { readonly row: FolderRow }) {
  const { folder } = useModel();
  const isBusy = useSignal(false);
  const failure = useSignal<unknown>(null);
  const remove = async () => {
    isBusy.value = true;
    try {
      await folder.remove(path);
      closeDialog();
    } catch (error) {
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <Dialog title={<bdi>{t("deleteTitle", { name })}</bdi>} onClose={closeDialog}>
      <div class="form">
        <p>{t("deleteText")}</p>
        <p role="alert" class="form-error">
          {failure.value !== null && describeError(failure.value)}
        </p>
        <div class="form-actions">
          <button type="button" class="quiet-button" onClick={closeDialog}>{t("cancel")}</button>
          <button type="button" class="primary danger" disabled={isBusy.value} onClick={remove}>
            {t("delete")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
