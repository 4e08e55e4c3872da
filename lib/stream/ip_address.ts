import ipaddr from "ipaddr.js";

/** The groups of an IPv6 address that name its network: a customer has at least a /64. */
const NETWORK_GROUPS = 4;

/**
 * The canonical form of an IPv4 or IPv6 address (RFC 5952), without a zone; an IPv4-mapped IPv6
 * address becomes IPv4. `null` for any other text.
 */
export function canonicalAddress(text: string): string | null {
  const address = parse(text);
  if (address === null) return null;
  return "octets" in address ? address.toString() : address.toRFC5952String();
}

/** The canonical form of the host; an IPv4-mapped IPv6 address becomes IPv4. */
export function formatAddress(address: Deno.Addr): string {
  if (!("hostname" in address)) return address.transport;
  return canonicalAddress(address.hostname) ?? address.hostname;
}

/** Whether a text is a link-local IPv6 address without its zone: no system can tell where it is. */
export function lacksZone(text: string): boolean {
  return /^fe80:[^%]*$/i.test(text);
}

/**
 * The key under which the addresses of a peer are counted: an IPv4 address itself, the /64 of an
 * IPv6 address, since a peer can use all of it. Any other text is its own key.
 */
export function networkKey(text: string): string {
  const address = parse(text);
  if (address === null) return text;
  if ("octets" in address) return address.toString();
  const network = address.parts.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/**
 * The canonical form of a network such as `10.1.0.0/16`, `2001:db8::/32` or `10.1.*`, without host
 * bits; the address itself where the network is one address. `null` for any other text.
 */
export function canonicalNetwork(text: string): string | null {
  const cidr = text.includes("*") ? expandWildcard(text) : text;
  const [, base = "", lengthText = ""] = /^([^/%]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const address = parse(base);
  if (address === null) return null;
  const isMapped = "octets" in address && base.includes(":");
  const length = Number(lengthText) - (isMapped ? MAPPED_BITS : 0);
  const bytes = address.toByteArray();
  if (length < 0 || length > bytes.length * 8) return null;
  const network = ipaddr.fromByteArray(bytes.map((byte, at) => byte & byteMask(length - at * 8)));
  const plain = canonicalAddress(network.toString());
  return length === bytes.length * 8 ? plain : `${plain}/${length}`;
}

/** Whether an address lies in a network, which is in the form of {@link canonicalNetwork}. */
export function networkContains(network: string, address: string): boolean {
  const candidate = parse(address);
  const [base, length] = ipaddr.parseCIDR(network);
  return candidate !== null && candidate.kind() === base.kind() && candidate.match(base, length);
}

/** Whether a server that listens on a host has all addresses of its machine. */
export function listensAnywhere(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}

/** Whether an address, which is in its canonical form, leads a machine to itself. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** The same, or to a machine of the same link, by an address that means something else on another one. */
export function isOnlyNear(address: string): boolean {
  return isLoopback(address) || address.startsWith("fe80:");
}

/** The bits of an IPv4-mapped IPv6 address before the IPv4 address. */
const MAPPED_BITS = 96;

/** `10.1.*` and `10.1.*.*` as CIDR. */
function expandWildcard(text: string): string {
  const [, fixed] = /^((?:\d{1,3}\.){1,3})\*(?:\.\*)*$/.exec(text) ?? [];
  const octets = fixed?.slice(0, -1).split(".") ?? [];
  if (octets.length === 0 || text.split(".").length > 4) return "";
  return `${[...octets, "0", "0", "0"].slice(0, 4).join(".")}/${octets.length * 8}`;
}

/** The mask of a byte of which so many bits, as far as it has them, belong to the network. */
function byteMask(bits: number): number {
  return (0xff << (8 - Math.max(0, Math.min(8, bits)))) & 0xff;
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const plain = text.replace(/%.*$/, ""); // The zone of a link-local address
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  if (!ipaddr.IPv6.isValid(plain)) return null;
  const address = ipaddr.IPv6.parse(plain);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}
