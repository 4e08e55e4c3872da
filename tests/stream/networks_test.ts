import { assertEquals } from "@std/assert";
import { canonicalNetwork, networkContains } from "../../lib/stream/ip_address.ts";

const NETWORKS: Array<[text: string, canonical: string | null]> = [
  ["10.1.2.3/16", "10.1.0.0/16"],
  ["127.0.0.0/8", "127.0.0.0/8"],
  ["10.1.*", "10.1.0.0/16"],
  ["10.1.*.*", "10.1.0.0/16"],
  ["10.*", "10.0.0.0/8"],
  ["10.1.2.*", "10.1.2.0/24"],
  ["10.1.2.3/32", "10.1.2.3"],
  ["10.1.2.3/31", "10.1.2.2/31"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["2001:db8:1:2:3::9/64", "2001:db8:1:2::/64"],
  ["2001:DB8::1/128", "2001:db8::1"],
  ["::ffff:10.1.2.3/112", "10.1.0.0/16"],
  ["10.1.2.3", null],
  ["10.1.2.3/33", null],
  ["::1/129", null],
  ["::ffff:10.1.2.3/95", null],
  ["10.1", null],
  ["10.1.*.3", null],
  ["10.1.*.*.*", null],
  ["*", null],
  ["300.*", null],
  ["ana/8", null],
  ["10.1.2.3/", null],
];

for (const [text, canonical] of NETWORKS) {
  Deno.test(`canonicalNetwork: ${text} is ${canonical ?? "no network"}`, () => {
    assertEquals(canonicalNetwork(text), canonical);
  });
}

Deno.test("networkContains: compares the bits of the network, of both kinds of addresses", () => {
  const inside = [
    ["10.1.0.0/16", "10.1.255.255"],
    ["10.1.0.0/16", "::ffff:10.1.0.1"],
    ["2001:db8::/32", "2001:db8:ffff::1%eth0"],
    ["0.0.0.0/0", "1.2.3.4"],
  ] as const;
  for (const [network, address] of inside) assertEquals(networkContains(network, address), true);
  const outside = [
    ["10.1.0.0/16", "10.2.0.0"],
    ["0.0.0.0/0", "::1"],
    ["::/0", "1.2.3.4"],
    ["10.1.0.0/16", "not an address"],
  ] as const;
  for (const [network, address] of outside) assertEquals(networkContains(network, address), false);
});
