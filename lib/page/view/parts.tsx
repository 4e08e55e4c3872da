import type { ComponentChildren } from "preact";
import { cleanLine } from "../../protocol/text.ts";
import { Icon, type IconName } from "./icon.tsx";
import { hueOf } from "./nick_hue.ts";

/** Text of a peer on one line, kept apart from the direction of the text around it. */
export function Peer({ text }: { readonly text: string }) {
  return <bdi>{cleanLine(text)}</bdi>;
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick?: (event: MouseEvent) => void;
  /** Default: `button`. */
  readonly type?: "submit";
  readonly class?: string;
  readonly disabled?: boolean;
  readonly tabIndex?: number;
  readonly popovertarget?: string;
  readonly "aria-expanded"?: boolean;
}

/** A button with an icon; its name is shown where the pointer rests. */
export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      class={`icon-button ${rest.class ?? ""}`}
    >
      <Icon name={icon} />
    </button>
  );
}

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string;
  readonly children?: ComponentChildren;
}

/** What a view shows that has nothing to show. */
export function Empty({ icon, title, text, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      {text !== undefined && <p>{text}</p>}
      {children}
    </div>
  );
}

/** The sign of a nick: its first character on a colour of its own. */
export function Avatar({ nick }: { readonly nick: string }) {
  const [first = "?"] = cleanLine(nick);
  return (
    <span class="avatar" style={{ "--hue": hueOf(nick) }} aria-hidden="true">
      {first.toUpperCase()}
    </span>
  );
}
