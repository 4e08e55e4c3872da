/** Options of a web page; each has a default. */
export interface WebPageOptions {
  /** The name of the server, as the page shows it. Default: none. */
  readonly name?: string;
  /** Names of this machine. Default: none. */
  readonly ownNames?: readonly string[];
  /**
   * Names that the server answers under besides addresses and names of a local network, in lower
   * case; a proxy may serve the page under them with TLS. Default: none.
   */
  readonly hosts?: readonly string[];
  /** The addresses of the page, the likeliest first. Default: none are told. */
  readonly urls?: (port: number, isTls: boolean) => readonly string[];
}
