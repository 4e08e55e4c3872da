import type { Listener } from "../stream/listener.ts";

/** A port that a server listens on. */
export interface ServerPort {
  readonly listener: Listener;
  /** SHA-256 of the server's present public key in hex; `null` without TLS. */
  readonly fingerprint: string | null;
  /**
   * Presents a renewed certificate to later connections.
   *
   * @throws {CertificateError}, {DiskError} if it cannot be read; the old certificate stays in use
   */
  renew(): Promise<void>;
}
