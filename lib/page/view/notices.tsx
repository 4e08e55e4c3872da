import { signal } from "@preact/signals";
import { describeError } from "../text/describe_error.ts";
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

const notices = signal<readonly Notice[]>([]);
let lastId = 0;

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
      <div role="alert">{errors?.map((notice) => <NoticeView key={notice.id} {...notice} />)}</div>
      <div role="status">{others?.map((notice) => <NoticeView key={notice.id} {...notice} />)}</div>
    </div>
  );
}

function NoticeView({ id, text, isError }: Notice) {
  return (
    <p class={isError ? "notice error" : "notice"}>
      <span>{text}</span>
      <IconButton icon="close" label={t("close")} onClick={() => close(id)} />
    </p>
  );
}
