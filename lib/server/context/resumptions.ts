import { digestText } from "../../files/digest_text.ts";
import type { DisconnectReason } from "../config/events.ts";

/** A session whose client comes back when its connection is lost. */
export interface ResumableSession {
  /** Ends the session at once. */
  close(reason: DisconnectReason): void;
}

/** The clients that come back, known by a secret that they give in HELO. It is kept as a digest only. */
export class Resumptions {
  readonly #sessions = new Map<string, ResumableSession>();
  readonly #digests = new WeakMap<ResumableSession, string>();

  /**
   * A client is here, or here again: then its former session, whose connection is lost though the
   * server has not noticed, ends.
   *
   * @returns the digest of the secret
   */
  begin(secret: string, session: ResumableSession): string {
    const digest = digestText(secret);
    this.#sessions.get(digest)?.close("lost");
    this.#sessions.set(digest, session);
    this.#digests.set(session, digest);
    return digest;
  }

  /** A session has ended. */
  end(session: ResumableSession): void {
    const digest = this.#digests.get(session);
    if (digest !== undefined && this.#sessions.get(digest) === session) {
      this.#sessions.delete(digest);
    }
  }
}
