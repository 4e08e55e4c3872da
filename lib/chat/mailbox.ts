/** Where private messages are kept for a client until it is back. Only this client gets at it. */
export interface Mailbox {
  /** Names the mailbox in the database: an account, or the secret of a client, as a digest. */
  readonly owner: string;
  /** Whether nothing can be fetched any more once the client has left for good. */
  readonly endsWithClient: boolean;
}

/**
 * The mailbox of a client; `null` for one that does not say that it comes back.
 *
 * @param resume the digest of the secret that the client has given in HELO, or `null`
 * @param accountId names the account for ever, or is `null` for a guest
 */
export function mailboxOf(resume: string | null, accountId: string | null): Mailbox | null {
  if (resume === null) return null;
  return accountId === null
    ? { owner: `client:${resume}`, endsWithClient: true }
    : { owner: `account:${accountId}`, endsWithClient: false };
}
