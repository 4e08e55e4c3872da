import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

/** Whether files are being dragged over the page. */
const isDragging = signal(false);

interface DropAreaProps {
  /** Where what is dropped goes, or why it cannot. */
  readonly text: string;
  /** Called in the event of the drop; `null` where nothing can be dropped. */
  readonly onDrop: ((data: DataTransfer) => void) | null;
  readonly children: ComponentChildren;
}

/** A part of the page that takes files; it says so while some are dragged. */
export function DropArea({ text, onDrop, children }: DropAreaProps) {
  const isOver = useSignal(false);
  return (
    <div
      class="drop-area"
      onDragOver={(event) => {
        isOver.value = true;
        if (event.dataTransfer === null) return;
        event.dataTransfer.dropEffect = onDrop === null ? "none" : "copy";
      }}
      onDragLeave={() => isOver.value = false}
      onDrop={(event) => {
        isOver.value = false;
        if (event.dataTransfer !== null) onDrop?.(event.dataTransfer);
      }}
    >
      {children}
      {isDragging.value && (
        <div class={`drop-sign ${isOver.value ? "is-over" : ""} ${onDrop === null ? "no" : ""}`}>
          <Icon name={onDrop === null ? "lock" : "upload"} />
          <span>{text}</span>
        </div>
      )}
    </div>
  );
}

/** Follows what is dragged over the page, and keeps the browser from opening it; returns its end. */
export function followDrags(): () => void {
  let depth = 0;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const show = () => isDragging.value = depth > 0;
  const listeners: Readonly<Record<string, (event: DragEvent) => void>> = {
    dragenter: (event) => {
      if (hasFiles(event)) depth++;
      show();
    },
    dragleave: (event) => {
      if (hasFiles(event)) depth = Math.max(0, depth - 1);
      show();
    },
    dragover: (event) => {
      if (hasFiles(event)) event.preventDefault();
    },
    drop: (event) => {
      if (hasFiles(event)) event.preventDefault();
      depth = 0;
      show();
    },
  };
  const each = Object.entries(listeners) as [string, EventListener][];
  for (const [name, listener] of each) addEventListener(name, listener);
  return () => {
    for (const [name, listener] of each) removeEventListener(name, listener);
  };
}
