import type { ProtocolError } from "../../protocol/errors.ts";
import type { FramedConnection } from "../../stream/framed_connection.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { ServerServices } from "./services.ts";

/** What a front end knows of the session that it serves. */
export interface SessionContext {
  readonly services: ServerServices;
  readonly connection: FramedConnection;
  /** The client; for a data connection, that of the one it belongs to. */
  readonly identity: ClientIdentity;
  /** Whether it moves the files of a client, and does nothing else. */
  readonly isData: boolean;
  /** The client broke the rules of the wire, which came out beside the reading of frames. */
  readonly onViolation: (error: ProtocolError) => void;
  /** The connection is to close, once what is queued has been sent. */
  readonly onDone: () => void;
}
