import type { Language } from "../protocol/errors.ts";
import type { NickRules } from "./nick_rules.ts";

/** Options of a `Hub`; each has a default. */
export interface HubOptions {
  /** Language of the texts for protocol 1 clients. Default `en`. */
  readonly language?: Language;
  /** The names that are kept for others. Default: `OPEN_NICKS`. */
  readonly nickRules?: NickRules;
  /** How long the receipt of a private message is waited for. Default 2 s. */
  readonly receiptMs?: number | undefined;
  /**
   * Whether a client from a network that has sent nothing is announced later than others. Default:
   * none is.
   */
  readonly isHeldBack?: (network: string) => boolean;
  /** The longest that a member which is about to log in is not announced. Default: `LIMITS.loginMs`. */
  readonly loginMs?: number | undefined;
}
