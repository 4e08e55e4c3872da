import type { ConnectOptions } from "../../client/client.ts";
import type { Locale } from "../texts/locale.ts";
import type { LineInput } from "../terminal/line_input.ts";

/** How the interactive client is set up. */
export interface InteractiveOptions {
  readonly connection: ConnectOptions;
  /** The nick to take. Default: what the server gives. */
  readonly nick?: string | undefined;
  /** How much of the past of a room is shown on joining it; by default 50, to a script nothing. */
  readonly history?: number | undefined;
  readonly directory: string;
  readonly replace: boolean;
  /** Start with every line as chat. */
  readonly talk: boolean;
  /** Ring when somebody speaks to one by name. */
  readonly bell: boolean;
  readonly locale: Locale;
  readonly input: LineInput;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}
