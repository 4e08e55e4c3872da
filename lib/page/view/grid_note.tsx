import { describeError } from "../text/describe_error.ts";
import { t } from "../text/later_t.ts";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Empty } from "./parts.tsx";

/** What stands in place of the rows of a folder, or below them. */
export function GridNote() {
  const { folder } = useModel();
  const state = folder.state.value;
  const omitted = folder.omitted.value;
  if (state.kind === "failed") {
    return (
      <div role="row">
        <div role="gridcell">
          <Empty icon="alert" title={t("folderFailed")} text={describeError(state.error)}>
            <button type="button" class="quiet-button" onClick={() => attempt(folder.refresh())}>
              {t("tryAgain")}
            </button>
          </Empty>
        </div>
      </div>
    );
  }
  if (folder.rows.value.length > 0) {
    return omitted === 0 ? null : <NoteRow text={t("omitted", { count: omitted })} />;
  }
  if (state.kind === "loading") return <NoteRow text={t("loading")} />;
  return (
    <div role="row">
      <div role="gridcell">
        {folder.filter.value !== ""
          ? <Empty icon="search" title={t("noMatch")} text={t("noMatchText")} />
          : (
            <Empty
              icon="folder"
              title={t("emptyFolder")}
              text={emptyText(folder.canWrite.value)}
            />
          )}
      </div>
    </div>
  );
}

function emptyText(canWrite: boolean | null): string {
  return canWrite === false ? t("readOnly") : t("emptyFolderText");
}

function NoteRow({ text }: { readonly text: string }) {
  return (
    <div role="row">
      <p role="gridcell" class="grid-note">{text}</p>
    </div>
  );
}
