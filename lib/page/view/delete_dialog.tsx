import type { FolderRow } from "../model/page_model.ts";
import { removeIn } from "../model/change_folder.ts";
import { t } from "../text/later_t.ts";
import { Dialog } from "./dialog.tsx";
import { useDialogAction } from "./dialog_action.tsx";
import { closeDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";

/** Asks before a file or folder is deleted. */
export function DeleteDialog({ row: { name, path, kind } }: { readonly row: FolderRow }) {
  const { folder } = useModel();
  const { run, isBusy, failure } = useDialogAction(async () => {
    const left = await removeIn(folder, path);
    if (left > 0) throw new Error(t("deleteLeft", { count: left }));
  });
  return (
    <Dialog title={<bdi>{t("deleteTitle", { name })}</bdi>} onClose={closeDialog}>
      <div class="form">
        {kind === "folder" && <p>{t("deleteFolder")}</p>}
        <p>{t("deleteText")}</p>
        {failure}
        <div class="form-actions">
          <button type="button" class="quiet-button" onClick={closeDialog}>{t("cancel")}</button>
          <button type="button" class="primary danger" disabled={isBusy} onClick={run}>
            {t("delete")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
