import { useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface PickButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly inputLabel: string;
  /** Picks a folder with all below it. Default: files. */
  readonly isFolder?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A button that lets the person pick files; the first of a row is shown with its text. */
export function PickButton({ icon, label, inputLabel, isFolder, onFiles }: PickButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class={isFolder ? "icon-button" : "primary"}
        aria-label={label}
        title={label}
        onClick={() => input.current?.click()}
      >
        <Icon name={icon} />
        {!isFolder && <span class="button-text">{label}</span>}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        {...(isFolder && { webkitdirectory: true })}
        class="offscreen"
        tabIndex={-1}
        aria-label={inputLabel}
        onChange={({ currentTarget }) => {
          onFiles([...currentTarget.files ?? []]);
          currentTarget.value = "";
        }}
      />
    </>
  );
}
