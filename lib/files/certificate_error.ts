/** What can be wrong with a certificate and a key of our own. */
export type CertificateErrorCode =
  | "no-certificate"
  | "no-key"
  | "key-encrypted"
  | "key-kind"
  | "mismatch"
  | "authority"
  | "expired"
  | "not-yet-valid";

/** A certificate or a key that a server was given, or has kept, is of no use. */
export class CertificateError extends Error {
  /** Tells the class apart where `instanceof` cannot. */
  override readonly name = "CertificateError";
  /** What the text for people names besides the path, such as dates. */
  readonly details: Readonly<Record<string, string>>;

  /** `path` is the file in which it shows. */
  constructor(
    readonly code: CertificateErrorCode,
    readonly path: string,
    options: ErrorOptions & { details?: Readonly<Record<string, string>> } = {},
  ) {
    super(`Cannot use ${path} for TLS: ${code}`, options);
    this.details = options.details ?? {};
  }
}
