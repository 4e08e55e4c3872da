import { useSignal } from "@preact/signals";
import { LIMITS } from "../../protocol/limits.ts";
import { Dialog } from "./dialog.tsx";
import { useDialogAction } from "./dialog_action.tsx";
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
  const { run, isBusy, failure } = useDialogAction(() => onName(name.value.trim()));
  return (
    <Dialog title={title} onClose={closeDialog}>
      <form class="form" onSubmit={run}>
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
        {failure}
        <div class="form-actions">
          <button type="submit" class="primary" disabled={isBusy}>{action}</button>
        </div>
      </form>
    </Dialog>
  );
}
