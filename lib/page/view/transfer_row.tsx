import { useSignal } from "@preact/signals";
import type { ConflictAnswer, Transfer, TransferState } from "../model/page_model.ts";
import { describeError } from "../text/describe_error.ts";
import { formatDuration, formatSize, formatSpeed } from "../text/format.ts";
import { type LaterTextKey, t } from "../text/later_t.ts";
import { openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { IconButton, Peer } from "./parts.tsx";
import { PickFile } from "./pick_file.tsx";

interface TransferProps {
  readonly transfer: Transfer;
}

/** A transfer: its file, its state, and what can be done about it. */
export function TransferRow({ transfer }: TransferProps) {
  const { name, path, direction } = transfer;
  const state = transfer.state.value;
  const isUpload = direction === "upload";
  return (
    <li class={`transfer ${state}`}>
      <span class="file-sign" title={t(direction)}>
        <Icon name={state === "verified" ? "check" : isUpload ? "upload" : "download"} />
      </span>
      <div class="transfer-about">
        <span class="file-name" title={path}>
          <Peer text={name} />
        </span>
        <p class="transfer-facts">
          <span class="state">{t(state)}</span>
          <Facts transfer={transfer} />
        </p>
        <Bar transfer={transfer} />
        <Question transfer={transfer} />
      </div>
      <Actions transfer={transfer} />
    </li>
  );
}

/** The states in which a transfer is on its way. */
const UNDER_WAY: readonly TransferState[] = ["moving", "checking", "paused", "offline"];

function Bar({ transfer: { name, state, done, size } }: TransferProps) {
  if (!UNDER_WAY.includes(state.value)) return null;
  return (
    <progress
      aria-label={t("progressOf", { name })}
      max={Math.max(1, size)}
      value={state.value === "checking" ? undefined : done.value}
    />
  );
}

function Facts({ transfer }: TransferProps) {
  const { size, sha256, error, resumedAt } = transfer;
  const state = transfer.state.value;
  if (state === "failed") return <span>{describeError(error.value)}</span>;
  if (state === "verified") {
    return (
      <>
        <span>{formatSize(size)}</span>
        {sha256.value !== null && (
          <span class="short-hash" title={`SHA-256 ${sha256.value}`}>
            {sha256.value.slice(0, 8)}
          </span>
        )}
      </>
    );
  }
  if (!UNDER_WAY.includes(state)) return <span>{formatSize(size)}</span>;
  return (
    <>
      <Progress transfer={transfer} />
      {resumedAt.value > 0 && <span>{t("resumedAt", { size: formatSize(resumedAt.value) })}</span>}
    </>
  );
}

function Progress({ transfer: { size, done, speed, state } }: TransferProps) {
  if (state.value === "checking") return <span>{formatSize(size)}</span>;
  const left = size - done.value;
  return (
    <>
      <span>{t("doneOf", { done: formatSize(done.value), size: formatSize(size) })}</span>
      {speed.value > 0 && <span>{formatSpeed(speed.value)}</span>}
      {speed.value > 0 && <span>{t("timeLeft", { time: formatDuration(left / speed.value) })}
      </span>}
    </>
  );
}

/** What only the person can do. */
function Question({ transfer }: TransferProps) {
  const { transfers } = useModel();
  const { id, path, state } = transfer;
  switch (state.value) {
    case "exists":
      return <Conflict transfer={transfer} />;
    case "needs-file":
      return (
        <div class="answers">
          <PickFile
            text={t("chooseAgain")}
            inputLabel={t("chooseAgain")}
            onFile={(file) => attempt(transfers.giveFile(id, file))}
          />
        </div>
      );
    case "unchecked":
      return (
        <div class="answers">
          <button
            type="button"
            class="quiet-button"
            onClick={() => openDialog({ kind: "check", path })}
          >
            {t("check")}
          </button>
        </div>
      );
    default:
      return null;
  }
}

const ANSWERS: readonly (readonly [ConflictAnswer, LaterTextKey])[] = [
  ["skip", "skipFile"],
  ["replace", "replaceFile"],
  ["keep-both", "keepBoth"],
];

function Conflict({ transfer: { id } }: TransferProps) {
  const { transfers, link } = useModel();
  // A link replaces nothing
  const answers = ANSWERS.filter(([answer]) => answer !== "replace" || link.value === null);
  const forAll = useSignal(false);
  return (
    <div class="conflict">
      <p>{t("conflictText")}</p>
      <div class="answers">
        {answers.map(([answer, text]) => (
          <button
            key={answer}
            type="button"
            class="quiet-button"
            onClick={() => transfers.answerConflict(id, answer, forAll.value)}
          >
            {t(text as "skipFile")}
          </button>
        ))}
        <label>
          <input
            type="checkbox"
            checked={forAll.value}
            onChange={(event) => forAll.value = event.currentTarget.checked}
          />
          {t("forAll")}
        </label>
      </div>
    </div>
  );
}

function Actions({ transfer }: TransferProps) {
  const { transfers } = useModel();
  const { id, state } = transfer;
  const shown = state.value;
  const isFinished = shown === "verified" || shown === "unchecked";
  return (
    <div class="actions">
      {shown === "failed" && (
        <IconButton
          icon="refresh"
          label={t("tryAgain")}
          onClick={() => transfers.retry(id)}
        />
      )}
      {shown === "paused" && (
        <IconButton
          icon="play"
          label={t("resume")}
          onClick={() => transfers.resume(id)}
        />
      )}
      {(shown === "moving" || shown === "waiting" || shown === "offline") && (
        <IconButton
          icon="pause"
          label={t("pause")}
          onClick={() => transfers.pause(id)}
        />
      )}
      {!isFinished && (
        <IconButton
          icon="close"
          label={shown === "failed" ? t("remove") : t("cancelTransfer")}
          onClick={() => transfers.cancel(id)}
        />
      )}
    </div>
  );
}
