import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import type { DisplayText } from "../../protocol/text.ts";
import type { ChatScreen } from "./chat_screen.ts";
import type { CommandName } from "./commands.ts";
import type { InteractiveOptions } from "./interactive_options.ts";

/** The interactive client, as its commands use it. They own nothing of it. */
export interface CommandContext
  extends Pick<InteractiveOptions, "connection" | "input" | "locale"> {
  readonly chat: ReconnectingChat;
  readonly screen: ChatScreen;
  readonly print: (text: DisplayText) => void;
  /** Prints why a line cannot be carried out, and records the exit code of that. */
  readonly refuse: (exitCode: number, text: DisplayText) => void;
  /** Refuses a command that needs a room. */
  readonly refuseWithoutRoom: () => void;
  /** Prints why the request for a path or a link failed, and records its exit code. */
  readonly fail: (error: unknown, name: string) => void;
  /** Refuses a line that does not say what a command needs. */
  readonly usage: (command: CommandName) => void;
}
