import type { ConnectOptions } from "../../client/connect_options.ts";
import type { Bandwidth } from "../../stream/bandwidth.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";

/** How the interactive client connects: its limit can be changed while it runs. */
export type PacedConnection = ConnectOptions & { readonly bandwidth: Bandwidth };

/** Options of the interactive client. */
export interface InteractiveOptions {
  readonly connection: PacedConnection;
  /** Finds another connection to try when the first attempt fails, or throws the failure. */
  readonly askAgain: (failure: unknown, connection: PacedConnection) => Promise<PacedConnection>;
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
