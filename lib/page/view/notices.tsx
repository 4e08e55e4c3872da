import { signal } from "@preact/signals";
import { describeError } from "../text/describe_error.ts";
import { PART_MISSING } from "../net/load_part.ts";
import { t } from "../text/t.ts";
import { IconButton } from "./parts.tsx";

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

const NOTICE_MS = 4_000;
/** Errors can be read twice, and be closed before. */
const ERROR_MS = 12_000;

const isPartMissing = signal(false);
const notices = signal<readonly Notice[]>([]);
let lastId = 0;

/** Tells from now on when a part of the page cannot be loaded. */
export function watchParts(): void {
  addEventListener(PART_MISSING, () => isPartMissing.value = true);
}

/** Tells something that needs no answer, for a few seconds. */
export function tell(text: string): void {
  show(text, false);
}

/** Tells why something failed. */
export function tellError(error: unknown): void {
  show(describeError(error), true);
}

/** Tells the failure of what nothing else waits for. */
export function attempt(work: Promise<unknown>): void {
  work.catch(tellError);
}

function show(text: string, isError: boolean): void {
  const id = ++lastId;
  const others = notices.value.filter((notice) => notice.text !== text);
  notices.value = [...others, { id, text, isError }].slice(-3);
  setTimeout(() => close(id), isError ? ERROR_MS : NOTICE_MS);
}

function close(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** The notices, at the edge of the page. */
export function Notices() {
  const [errors, others] = [true, false].map((isError) =>
    notices.value.filter((notice) => notice.isError === isError)
  );
  return (
    <div class="notices">
      <div role="alert">
        {isPartMissing.value && <PartMissing />}
        {errors?.map((notice) => <NoticeView key={notice.id} {...notice} />)}
      </div>
      <div role="status">{others?.map((notice) => <NoticeView key={notice.id} {...notice} />)}</div>
    </div>
  );
}

function PartMissing() {
  return (
    <p class="notice error">
      <span>{t("partMissing")}</span>
      <button type="button" class="quiet-button" onClick={reload}>{t("tryAgain")}</button>
    </p>
  );
}

/** Loads the page again, but for one whose server does not answer: it would be gone. */
function reload(): void {
  fetch("/").then(() => location.reload(), () => {});
}

function NoticeView({ id, text, isError }: Notice) {
  return (
    <p class={isError ? "notice error" : "notice"}>
      <span>{text}</span>
      <IconButton icon="close" label={t("close")} onClick={() => close(id)} />
    </p>
  );
}
