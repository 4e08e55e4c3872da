import { useRef } from "preact/hooks";

interface PickFileProps {
  readonly text: string;
  readonly inputLabel: string;
  readonly onFile: (file: File) => void;
}

/** A button with text that lets the person pick one file. */
export function PickFile({ text, inputLabel, onFile }: PickFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="quiet-button" onClick={() => input.current?.click()}>
        {text}
      </button>
      <input
        ref={input}
        type="file"
        class="offscreen"
        tabIndex={-1}
        aria-label={inputLabel}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
    </>
  );
}
