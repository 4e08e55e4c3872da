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

/** A server, and further ones of the same cluster. */
export interface ServerHosts extends Endpoint {
  /** The further servers. */
  readonly hosts: readonly Endpoint[];
}

/** Formats `host:port`, and the further servers behind commas. */
export function formatHosts({ hosts, ...first }: ServerHosts): string {
  return [first, ...hosts].map(formatEndpoint).join(",");
}
