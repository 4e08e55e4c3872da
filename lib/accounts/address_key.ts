/** Groups of an IPv6 address that name a network: one /64 is one customer's, at the least. */
const NETWORK_GROUPS = 4;

/**
 * What the addresses that one peer can easily have are counted under: an IPv4 address itself, the
 * first 64 bits of an IPv6 address. What is no address is its own key.
 */
export function addressKey(address: string): string {
  const text = address.replace(/%.*$/, ""); // The zone of a link-local address
  if (!text.includes(":")) return text;
  const groups = groupsOf(text);
  if (groups === null) return text;
  const [a, b, c, d, e, marker, high, low] = groups;
  const isMapped = [a, b, c, d, e].every((group) => group === 0) && marker === 0xffff;
  if (isMapped && high !== undefined && low !== undefined) {
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight numbers of an IPv6 address, or `null`. */
function groupsOf(address: string): number[] | null {
  const url = URL.parse(`http://[${address}]`); // Knows every way of writing one
  if (url === null) return null;
  const [head = "", tail] = url.hostname.slice(1, -1).split("::");
  const before = parseGroups(head);
  const after = parseGroups(tail ?? "");
  return [...before, ...new Array(8 - before.length - after.length).fill(0), ...after];
}

function parseGroups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}
