/** An address to listen on or to connect to. */
export interface Endpoint {
  /** A host name or an IP address; IPv6 without brackets. */
  readonly hostname: string;
  /** 0 to 65535; 0 is for listening only, and picks a free port. */
  readonly port: number;
}

/** Formats `host:port`, with an IPv6 address in brackets. */
export function formatEndpoint({ hostname, port }: Endpoint): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
