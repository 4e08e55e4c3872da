import { useSignal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { describeError } from "../text/describe_error.ts";
import { closeDialog } from "./dialogs.ts";

/** What a dialog is asked for. */
interface DialogAction {
  /** Does the work; once it is done, the dialog closes. A failure keeps it open. */
  run(event: Event): Promise<void>;
  readonly isBusy: boolean;
  /** The last failure, for people and screen readers. */
  readonly failure: ComponentChild;
}

/** Lets a dialog do its work, say that it failed, and close. @param onDone in place of closing */
export function useDialogAction(
  work: () => Promise<void>,
  onDone: () => void = closeDialog,
): DialogAction {
  const isBusy = useSignal(false);
  const failure = useSignal<unknown>(null);
  const run = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    failure.value = null;
    try {
      await work();
      onDone();
    } catch (error) {
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return {
    run,
    isBusy: isBusy.value,
    failure: (
      <p role="alert" class="form-error">
        {failure.value !== null && describeError(failure.value)}
      </p>
    ),
  };
}
