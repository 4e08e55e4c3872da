/** Why the server's certificate or key cannot be used. */
export type CertificateErrorCode =
  | "no-certificate"
  | "no-key"
  | "key-encrypted"
  | "key-kind"
  | "mismatch"
  | "authority"
  | "no-name"
  | "expired"
  | "not-yet-valid";

/** The server's certificate or key, configured or generated, cannot be used. */
export class CertificateError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "CertificateError";
  /** Values for the message besides the path, such as dates. */
  readonly details: Readonly<Record<string, string>>;

  /** `path` is the faulty file. */
  constructor(
    readonly code: CertificateErrorCode,
    readonly path: string,
    options: ErrorOptions & { details?: Readonly<Record<string, string>> } = {},
  ) {
    super(`Cannot use ${path} for TLS: ${code}`, options);
    this.details = options.details ?? {};
  }
}
