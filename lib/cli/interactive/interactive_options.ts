import type { ConnectOptions } from "../../client/connect_options.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";

/** Options of the interactive client. */
export interface InteractiveOptions {
  readonly connection: ConnectOptions;
  /** Finds another connection to try when the first attempt fails, or throws the failure. */
  readonly askAgain: (failure: unknown, connection: ConnectOptions) => Promise<ConnectOptions>;
  /** The nick to take. Default: the one that the server assigns. */
  readonly nick?: string | undefined;
  /** The room to be in from the start: of the address that `askAgain` found last. Default: the lobby. */
  readonly room: () => string | undefined;
  /** Past messages to show of a room on joining it. Default: `DEFAULT_HISTORY`, for a script 0. */
  readonly history?: number | undefined;
  readonly directory: string;
  readonly replace: boolean;
  /** Start with every line as chat. */
  readonly talk: boolean;
  /** Ring for private messages and mentions of the own nick. */
  readonly bell: boolean;
  readonly locale: Locale;
  readonly input: LineInput;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}
