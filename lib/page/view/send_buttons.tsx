import { t } from "../text/later_t.ts";
import { openDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";
import { IconButton } from "./parts.tsx";
import { PickButton } from "./pick_button.tsx";

interface FolderProps {
  readonly path: string;
}

/** What puts something into the folder that is shown. */
export function SendButtons({ path }: FolderProps) {
  return (
    <div class="actions">
      {useMayAsk() && (
        <IconButton
          icon="inbox"
          label={t("askForFiles")}
          onClick={() => openDialog({ kind: "ask", path })}
        />
      )}
      <IconButton
        icon="folderPlus"
        label={t("newFolder")}
        onClick={() => openDialog({ kind: "new-folder" })}
      />
      <PickButtons path={path} />
    </div>
  );
}

/** Whether others may be asked for files: by a link that sends into the folder that is shown, or below. */
export function useMayAsk(): boolean {
  const { canShare, canWrite } = useModel().folder;
  return canShare.value && canWrite.value === true;
}

/** Buttons that send a folder or files. */
export function PickButtons({ path }: FolderProps) {
  const { transfers } = useModel();
  const send = (files: readonly File[]) => transfers.sendFiles(files, path);
  return (
    <>
      <PickButton
        icon="folderUp"
        label={t("sendFolder")}
        inputLabel={t("chooseFolder")}
        isFolder
        onFiles={send}
      />
      <PickButton
        icon="upload"
        label={t("sendFiles")}
        inputLabel={t("chooseFiles")}
        onFiles={send}
      />
    </>
  );
}
