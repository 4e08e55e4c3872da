/**
 * The names that are kept for others than the member that asks for them. The methods throw if the
 * answer cannot be known.
 */
export interface NickRules {
  /** Whether the server has accounts: if so, guests are called `guest-NAME`. */
  hasAccounts(): boolean;
  /** Whether a nick is the name of an account, other than `user`, or looks like one. */
  isAccountOfOther(nick: string, user: string | null): boolean;
  /** Whether a nick is banned. */
  isBanned(nick: string): boolean;
}

/** The rules of a server without accounts and bans. */
export const OPEN_NICKS: NickRules = {
  hasAccounts: () => false,
  isAccountOfOther: () => false,
  isBanned: () => false,
};
