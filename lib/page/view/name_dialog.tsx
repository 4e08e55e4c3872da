import { useSignal } from "@preact/signals";
import { LIMITS } from "../../protocol/limits.ts";
import { describeError } from "../text/describe_error.ts";
import { Dialog } from "./dialog.tsx";
import { closeDialog } from "./dialogs.ts";

interface NameDialogProps {
  readonly title: string;
  readonly note?: string;
  readonly label: string;
  readonly value: string;
  readonly action: string;
  /** A rejection is shown, and the name can be changed. */
  readonly onName: (name: string) => Promise<void>;
}

/** Asks for the name of a file or folder. */
export function NameDialog({ title, note, label, value, action, onName }: NameDialogProps) {
  const name = useSignal(value);
  const isBusy = useSignal(false);
  const failure = useSignal<unknown>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    try {
      await onName(name.value.trim());
      closeDialog();
    } catch (error) {
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <Dialog title={title} onClose={closeDialog}>
      <form class="form" onSubmit={submit}>
        {note !== undefined && <p>{note}</p>}
        <label>
          {label}
          <input
            required
            autofocus
            maxLength={LIMITS.nameBytes}
            autoComplete="off"
            spellcheck={false}
            value={name.value}
            onInput={(event) => name.value = event.currentTarget.value}
          />
        </label>
        <p role="alert" class="form-error">
          {failure.value !== null && describeError(failure.value)}
        </p>
        <div class="form-actions">
          <button type="submit" class="primary" disabled={isBusy.value}>{action}</button>
        </div>
      </form>
    </Dialog>
  );
}
