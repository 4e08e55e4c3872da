import type { CheckResult } from "../model/check_result.ts";
import { useSignal } from "@preact/signals";
import { describeError } from "../text/describe_error.ts";
import { t } from "../text/later_t.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { Peer } from "./parts.tsx";
import { PickFile } from "./pick_file.tsx";

interface CheckDialogProps {
  /** The file of the server to compare with; `null` for any that has the same SHA-256. */
  readonly path: string | null;
}

/** Hashes a file of this machine, and compares it with the server's. */
export function CheckDialog({ path }: CheckDialogProps) {
  const { hashed, result, failure, check } = useCheck(path);
  return (
    <Dialog title={t("checkFile")} onClose={closeDialog}>
      <div class="form">
        <p>{t("checkText")}</p>
        {path !== null && (
          <p class="compared">
            <Icon name="file" />
            <Peer text={path} />
          </p>
        )}
        <div aria-live="polite">
          {hashed.value !== null && (
            <p>
              <bdi>{t("hashing", { name: hashed.value })}</bdi>
            </p>
          )}
          {result.value !== null && <Result result={result.value} />}
          {failure.value !== null && <p class="form-error">{describeError(failure.value)}</p>}
        </div>
        <div class="form-actions">
          <PickFile text={t("choose")} inputLabel={t("chooseFileToCheck")} onFile={check} />
        </div>
      </div>
    </Dialog>
  );
}

/** What is hashed, and what came of it. */
function useCheck(path: string | null) {
  const { transfers } = useModel();
  const hashed = useSignal<string | null>(null);
  const result = useSignal<CheckResult | null>(null);
  const failure = useSignal<unknown>(null);
  const check = async (file: File) => {
    result.value = failure.value = null;
    hashed.value = file.name;
    try {
      result.value = await transfers.checkFile(file, path);
    } catch (error) {
      failure.value = error;
    } finally {
      hashed.value = null;
    }
  };
  return { hashed, result, failure, check };
}

function Result({ result }: { readonly result: CheckResult }) {
  const { isRight, path, sha256, compared, sameSize } = result;
  const shown = path ?? "";
  const [look, text] = isRight === null
    ? ["unknown", t("checkUnknown")] as const
    : isRight
    ? ["right", t("checkRight", { path: shown })] as const
    : ["wrong", t("checkWrong", { path: shown })] as const;
  return (
    <div class={`result ${look}`}>
      <p>
        <Icon name={look === "right" ? "shield" : look === "wrong" ? "alert" : "search"} />
        <bdi>{text}</bdi>
      </p>
      <p class="muted">
        {isRight === true
          ? t("sameHash")
          : sameSize === 0
          ? t("noSameSize")
          : t("comparedFiles", { compared, sameSize })}
      </p>
      <code>{sha256}</code>
    </div>
  );
}
