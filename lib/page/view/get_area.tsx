import { effect, untracked } from "@preact/signals-core";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ReceivedLink } from "../../protocol/link_answers.ts";
import { lastComponent } from "../../protocol/path.ts";
import type { FolderRow, PageModel } from "../model/page_model.ts";
import { formatMoment, formatSize } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { Crumbs } from "./crumbs.tsx";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { Peer } from "./parts.tsx";
import { followAddress, nameFiles, route } from "./route.ts";

interface GetAreaProps {
  readonly link: ReceivedLink;
  /** The rows of the folder that is shown. */
  readonly children: ComponentChildren;
}

/** What those see who were given a link: a file, or a folder with all that is in it. */
export function GetArea({ link: { path, expiresMs }, children }: GetAreaProps) {
  const model = useModel();
  const { state, rows } = model.folder;
  useEffect(() => followLink(model, path), [path]);
  // The server tells only now whether it is a file
  const isKnown = useRef(false);
  isKnown.current ||= state.value.kind !== "loading" || rows.value.length > 0;
  const [first] = rows.value;
  const isFile = path !== "" && first?.path === path;
  return (
    <>
      <div class="link-about">
        <h2>{path === "" ? t("allFiles") : <Peer text={lastComponent(path)} />}</h2>
        <p>{t("getText")}</p>
        {isFile && <SharedFile file={first} />}
        <p class="muted">{t("linkUntil", { time: formatMoment(expiresMs) })}</p>
      </div>
      {isKnown.current && !isFile && (
        <div class="files-pane shared-folder">
          <div class="pane-head">
            <Crumbs path={model.folder.path.value} />
            <GetAll />
          </div>
          {children}
        </div>
      )}
    </>
  );
}

function SharedFile({ file }: { readonly file: FolderRow }) {
  const { transfers } = useModel();
  return (
    <div class="link-place">
      <Icon name="file" />
      <p>{formatSize(file.size ?? 0)}</p>
      <button
        type="button"
        class="primary"
        onClick={() => attempt(transfers.getAll([file]))}
      >
        <Icon name="download" />
        {t("get")}
      </button>
    </div>
  );
}

/** Gets the folder that is shown, or the files in it, where the browser takes no folder. */
function GetAll() {
  const { folder, transfers } = useModel();
  const path = folder.path.value;
  const rows = folder.rows.value;
  const isOnlyFiles = rows.every(({ kind }) => kind === "file");
  if (rows.length === 0 || !(transfers.canGetFolder || isOnlyFiles)) return null;
  const whole: FolderRow = { name: "", path, kind: "folder", size: null, modified: null };
  return (
    <button
      type="button"
      class="primary"
      onClick={() => attempt(transfers.getAll(transfers.canGetFolder ? [whole] : rows))}
    >
      <Icon name="download" />
      {t("getAll")}
    </button>
  );
}

/** Shows the folder that the address names behind the link; returns its end. */
function followLink({ folder, connection }: PageModel, path: string): () => void {
  const [, , key] = location.hash.split("/");
  nameFiles(`get/${key}`);
  const ends = [
    followAddress(),
    effect(() => {
      const { view, name } = route.value;
      const shown = view === "files" && name !== "" ? name : path;
      if (connection.value.kind === "open") untracked(() => attempt(folder.open(shown)));
    }),
  ];
  return () => ends.forEach((end) => end());
}
