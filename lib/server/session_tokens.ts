const TOKEN_BYTES = 16;

/** The sessions that data connections can attach to, by the token that only their client knows. */
export class SessionTokens<Session> {
  readonly #sessions = new Map<string, Session>();

  /** Makes a token for a session, which must `revoke` it when it ends. */
  issue(session: Session): string {
    const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
    this.#sessions.set(token, session);
    return token;
  }

  /** The session of a token, or `null`. */
  find(token: string): Session | null {
    return this.#sessions.get(token) ?? null;
  }

  /** From now on the token leads nowhere. */
  revoke(token: string): void {
    this.#sessions.delete(token);
  }
}
