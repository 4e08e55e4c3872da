/** Where to listen or to connect. */
export interface Endpoint {
  /** A name or an address; IPv6 without brackets. */
  readonly hostname: string;
  /** 0 to 65535; 0 only for listening, where it means any free one. */
  readonly port: number;
}

/** `host:port`, with an IPv6 address in brackets. */
export function formatEndpoint({ hostname, port }: Endpoint): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
