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

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const plain = text.replace(/%.*$/, ""); // The zone of a link-local address
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  if (!ipaddr.IPv6.isValid(plain)) return null;
  const address = ipaddr.IPv6.parse(plain);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}
