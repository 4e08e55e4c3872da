import type { FolderRow } from "../model/page_model.ts";
import { makeFolderIn, renameIn } from "../model/change_folder.ts";
import { t } from "../text/later_t.ts";
import { CheckDialog } from "./check_dialog.tsx";
import { DeleteDialog } from "./delete_dialog.tsx";
import { DetailsDialog } from "./details_dialog.tsx";
import { dialog } from "./dialogs.ts";
import { LinkDialog } from "./link_dialog.tsx";
import { LinksDialog } from "./links_dialog.tsx";
import { LoginDialog } from "./login_dialog.tsx";
import { useModel } from "./model_context.ts";
import { NameDialog } from "./name_dialog.tsx";
import { PersonDialog } from "./person_dialog.tsx";
import { shownFolder } from "./room_folder.ts";
import { ShareDialog } from "./share_dialog.tsx";

/** The dialog that is open, if any. Loaded when the first one opens. */
export function DialogView() {
  const open = dialog.value;
  switch (open?.kind) {
    case undefined:
      return null;
    case "log-in":
      return <LoginDialog />;
    case "share":
      return <ShareDialog />;
    case "check":
      return <CheckDialog key="check" path={open.path} />;
    case "details":
      return <DetailsDialog key="details" row={open.row} />;
    case "person":
      return <PersonDialog key="person" nick={open.nick} />;
    case "delete":
      return <DeleteDialog key="delete" row={open.row} />;
    case "rename":
      return <RenameDialog key="rename" row={open.row} />;
    case "link":
      return <LinkDialog key="link" kind="get" path={open.row.path} />;
    case "ask":
      return <LinkDialog key="ask" kind="put" path={open.path} />;
    case "links":
      return <LinksDialog key="links" />;
    case "new-folder":
      return <NewFolderDialog key="new-folder" />;
  }
}

function RenameDialog({ row }: { readonly row: FolderRow }) {
  const { folder } = useModel();
  return (
    <NameDialog
      title={t("rename")}
      label={t("newName")}
      value={row.name}
      action={t("rename")}
      onName={(chosen) => renameIn(folder, row, chosen)}
    />
  );
}

function NewFolderDialog() {
  const { folder } = useModel();
  return (
    <NameDialog
      title={t("newFolder")}
      note={t("newFolderIn", { folder: shownFolder(folder.path.value) })}
      label={t("name")}
      value=""
      action={t("create")}
      onName={(name) => makeFolderIn(folder, name)}
    />
  );
}
