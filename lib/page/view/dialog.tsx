import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../text/later_t.ts";
import { IconButton } from "./parts.tsx";

interface DialogProps {
  readonly title: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog, open as long as it is rendered; Escape and a click beside it close it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  /** The event of its own end comes later, and must not close the dialog that has taken its place. */
  const isShown = useRef(true);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      isShown.current = false;
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onClose={() => isShown.current && onClose()}
      onClick={(event) => event.target === ref.current && ref.current?.close()}
    >
      <div class="dialog">
        <header>
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={t("close")} onClick={() => ref.current?.close()} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
