import type { ProtocolError } from "../../protocol/errors.ts";
import type { FramedConnection } from "../../stream/framed_connection.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { ServerServices } from "./services.ts";

/** A session, as its protocol handler uses it. */
export interface SessionContext {
  readonly services: ServerServices;
  readonly connection: FramedConnection;
  /** The identity of the client; a data connection has that of its owner. */
  readonly identity: ClientIdentity;
  /** Whether this is a data connection, which only moves files. */
  readonly isData: boolean;
  /** The `tls-server-end-point` of the connection, which a login can be bound to; `null` without. */
  readonly endPoint: Uint8Array | null;
  /** Ends the session for a violation of the protocol that is found outside `onFrame`. */
  readonly onViolation: (error: ProtocolError) => void;
  /** Ends the session as `unauthenticated` once its queued frames are sent. */
  readonly onDone: () => void;
}
