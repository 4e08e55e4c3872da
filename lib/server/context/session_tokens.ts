import type { StoredFile } from "../../files/directory_store.ts";
import type { DisconnectReason } from "../config/events.ts";
import type { ClientIdentity } from "./client_identity.ts";

const TOKEN_BYTES = 16;

/** The one content that another server of a cluster may fetch by a ticket. */
export interface SharedContent {
  /** In hex. */
  readonly sha256: string;
  readonly file: StoredFile;
}

/** A session that data connections can attach to. */
export interface DataSessionOwner {
  /** The number of the client's connection. */
  readonly id: number;
  /** The identity that the data connections share. */
  readonly identity: ClientIdentity;
  /** The token of this session; `null` before HELO. */
  readonly token: string | null;
  /** What its connections may fetch, and they may nothing else; absent for those of clients. */
  readonly content?: SharedContent;
  /** Ends the session at once. */
  close(reason: DisconnectReason): void;
  /** A data connection attaches; it is closed when the owner ends. */
  addDataSession(session: DataSession): void;
  /** A data connection has ended. */
  removeDataSession(session: DataSession): void;
}

/** A data connection, as its owner ends it. */
export interface DataSession {
  /** Ends the session at once. */
  close(reason: DisconnectReason): void;
  /** Resolves when all requests are answered and the connection is closed. */
  drain(reason: DisconnectReason): Promise<void>;
}

/** The sessions that data connections can attach to, by a token that only their client knows. */
export class SessionTokens<Session = DataSessionOwner> {
  readonly #sessions = new Map<string, Session>();
  readonly #prefix: string;

  /** @param server the id of the server in a cluster, which its tokens begin with; `null` for none */
  constructor(server: string | null = null) {
    this.#prefix = server === null ? "" : `${server}-`;
  }

  /** Makes a token for a session, which must `revoke` it when it ends. */
  issue(session: Session): string {
    const token = this.#prefix + crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
    this.#sessions.set(token, session);
    return token;
  }

  /** The session of a token, or `null`. */
  find(token: string): Session | null {
    return this.#sessions.get(token) ?? null;
  }

  /** All sessions that have a token, as of now. */
  all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** Invalidates a token. */
  revoke(token: string): void {
    this.#sessions.delete(token);
  }
}
