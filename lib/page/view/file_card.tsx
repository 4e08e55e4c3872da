import type { OfferedFile } from "../model/page_model.ts";
import { formatSize } from "../text/format.ts";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { Peer } from "./parts.tsx";
import { lastComponent } from "../../protocol/path.ts";
import { later } from "./later.tsx";

const TransferSign = later("TransferSign");

/** So many digits of a hash tell files apart at a glance. */
const SHORT_HASH = 8;

/** A file that was offered in the talk. */
export function FileCard({ file }: { readonly file: OfferedFile }) {
  const { transfers } = useModel();
  const { path, size, sha256 } = file;
  const under = transfers.list.value.find((each) =>
    each.path === path && each.direction === "download"
  );
  return (
    <div class="file-card">
      <span class="file-sign">
        <Icon name="file" />
      </span>
      <span class="file-about">
        <span class="file-name" title={path}>
          <Peer text={lastComponent(path)} />
        </span>
        <span class="file-facts">
          {formatSize(size)}
          {sha256 !== null && (
            <span class="short-hash" title={`SHA-256 ${sha256}`}>
              {sha256.slice(0, SHORT_HASH)}
            </span>
          )}
        </span>
      </span>
      {under === undefined || under.state.value === "failed"
        ? (
          <button type="button" class="quiet-button" onClick={() => transfers.get(path, size)}>
            {t("get")}
          </button>
        )
        : <TransferSign transfer={under} />}
    </div>
  );
}
