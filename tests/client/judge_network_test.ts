import { assertEquals } from "@std/assert";
import {
  judgeInterfaces,
  judgeNeighbour,
  judgeNetwork,
  judgePort,
} from "../../lib/client/judge_network.ts";
import type { Finding } from "../../lib/client/findings.ts";
import {
  type InterfaceNetwork,
  type Neighbour,
  neighbourIn,
  type NetworkView,
  parseRoutes,
} from "../../lib/files/network_view.ts";
import type { Reach, ReachOutcome } from "../../lib/stream/reach.ts";

const network = (name: string, cidr: string): InterfaceNetwork => ({
  name,
  address: cidr.split("/")[0]!,
  cidr,
});
const LOOPBACK = network("lo", "127.0.0.1/8");
const WIFI = network("wlan0", "192.168.0.7/24");
const CABLE = network("eth0", "192.168.0.8/24");
const TUNNEL = network("wg0", "10.8.0.2/24");
const route = (name: string, to: string, metric = 0) => ({
  interface: name,
  network: to,
  metric,
});
const HOME = [route("wlan0", "0.0.0.0/0"), route("wlan0", "192.168.0.0/24")];

const view = (interfaces: NetworkView["interfaces"], routes: NetworkView["routes"]) => ({
  interfaces,
  routes,
  reportsAbsent: true,
});

const NETWORKS: [what: string, address: string, view: NetworkView, finding: Finding][] = [
  ["loopback", "127.0.0.1", view([LOOPBACK], []), "network-here"],
  ["loopback of IPv6", "::1", view([LOOPBACK, WIFI], HOME), "network-here"],
  ["an own address", "192.168.0.7", view([LOOPBACK, WIFI], HOME), "network-here"],
  ["an own network", "192.168.0.99", view([LOOPBACK, WIFI], HOME), "network-near"],
  ["another network", "203.0.113.5", view([LOOPBACK, WIFI], HOME), "network-far"],
  ["another network without a table", "203.0.113.5", view([WIFI], null), "network-beyond"],
  ["two interfaces in it", "192.168.0.99", view([WIFI, CABLE], HOME), "network-twice"],
  [
    "a VPN that takes every way",
    "203.0.113.5",
    view([WIFI, TUNNEL], [route("wg0", "0.0.0.0/1"), route("wg0", "128.0.0.0/1"), ...HOME]),
    "network-vpn",
  ],
  [
    "a VPN that takes the own network",
    "192.168.0.99",
    view([WIFI, TUNNEL], [route("tun0", "192.168.0.0/25"), ...HOME]),
    "network-vpn",
  ],
  [
    "a VPN with a worse metric",
    "203.0.113.5",
    view([WIFI, TUNNEL], [route("wg0", "0.0.0.0/0", 600), route("wlan0", "0.0.0.0/0", 100)]),
    "network-far",
  ],
  [
    "the network of a VPN",
    "10.8.0.1",
    view([TUNNEL], [route("wg0", "10.8.0.0/24")]),
    "network-near",
  ],
  ["no network", "203.0.113.5", view([LOOPBACK], []), "network-none"],
  ["no permission", "203.0.113.5", view(null, null), "network-unknown"],
  ["no DHCP", "203.0.113.5", view([network("eth0", "169.254.9.9/16")], []), "network-unassigned"],
  ["a link-local address without its zone", "fe80::1", view([WIFI], HOME), "network-zone"],
  [
    "a link-local address with its zone",
    "fe80::1%wlan0",
    view([WIFI, network("wlan0", "fe80::7/64")], HOME),
    "network-near",
  ],
];

for (const [what, address, seen, finding] of NETWORKS) {
  Deno.test(`judgeNetwork: finds ${finding} for ${what}`, () => {
    assertEquals(judgeNetwork(address, seen, null).finding, finding);
  });
}

Deno.test("judgeNetwork: believes the connection more than the routes, and suspects a VPN without either", () => {
  const both = view([WIFI, TUNNEL], HOME);
  const judge = (local: string | null, seen = both) => judgeNetwork("203.0.113.5", seen, local);
  assertEquals(judge("10.8.0.2").finding, "network-vpn");
  assertEquals(judge("192.168.0.7").data, { address: "203.0.113.5", interface: "wlan0" });
  assertEquals(judge("10.99.0.1").finding, "network-far");
  assertEquals(judge(null, view([WIFI, TUNNEL], null)).finding, "network-tunnel");
});

Deno.test("judgeInterfaces: lists the networks, and tells of none and of a missing DHCP server", () => {
  const judge = (interfaces: NetworkView["interfaces"]) => judgeInterfaces(view(interfaces, null));
  assertEquals(judge([LOOPBACK, WIFI, network("wlan0", "fe80::7/64")]), {
    finding: "network-list",
    data: { interfaces: ["wlan0 192.168.0.7/24"] },
  });
  assertEquals(judge([LOOPBACK]).finding, "network-none");
  assertEquals(judge(null).finding, "network-unknown");
  assertEquals(judge([network("eth0", "169.254.9.9/16")]).data, {
    interface: "eth0",
    own: "169.254.9.9",
  });
});

const tried = (outcome: ReachOutcome, ms = 5, address = "192.168.0.9"): Reach => ({
  address,
  outcome,
  ms,
  reason: "what the system says",
  local: null,
});

const PORTS: [what: string, reaches: Reach[], neighbour: Neighbour, finding: Finding][] = [
  ["an open port", [tried("open")], "answers", "port-open"],
  ["an open second address", [tried("refused", 1, "::1"), tried("open")], "unknown", "port-open"],
  [
    "a silent first address",
    [tried("silent", 4_000, "2001:db8::1"), tried("open")],
    "unknown",
    "port-partly",
  ],
  ["a silent second address", [tried("open"), tried("silent", 4_000)], "unknown", "port-open"],
  ["a closed port", [tried("refused")], "answers", "port-refused"],
  [
    "a closed port beside silence",
    [tried("silent", 4_000), tried("refused")],
    "unknown",
    "port-refused",
  ],
  ["a quick report of a firewall", [tried("unreachable", 999)], "answers", "port-rejected"],
  ["a late report of the system", [tried("unreachable", 1_000)], "unknown", "port-absent"],
  ["a quick report after an earlier one", [tried("unreachable", 3)], "silent", "port-absent"],
  ["silence", [tried("silent", 4_000)], "unknown", "port-silent"],
  ["silence of a machine that is there", [tried("silent", 4_000)], "answers", "port-dropped"],
  ["silence of a machine that is not there", [tried("silent", 4_000)], "silent", "port-absent"],
  ["no route", [tried("unroutable", 0)], "unknown", "port-unroutable"],
  ["any other error", [tried("failed", 0)], "unknown", "port-failed"],
  ["no address", [], "unknown", "port-failed"],
];

for (const [what, reaches, neighbour, finding] of PORTS) {
  Deno.test(`judgePort: finds ${finding} for ${what}`, () => {
    assertEquals(judgePort(reaches, 5555, () => neighbour).finding, finding);
  });
}

Deno.test("judgeNeighbour: takes silence for a firewall where the system reports absent machines", () => {
  const judge = (reach: Reach, known: Neighbour = "unknown", reportsAbsent = true) =>
    judgeNeighbour(reach, known, { interfaces: [WIFI], routes: null, reportsAbsent });
  assertEquals(judge(tried("silent", 3_800)), "answers");
  assertEquals(judge(tried("silent", 3_799)), "unknown");
  assertEquals(judge(tried("unreachable", 3_800)), "unknown");
  assertEquals(judge(tried("silent", 4_000, "203.0.113.5")), "unknown");
  assertEquals(judge(tried("silent", 4_000), "silent"), "silent");
  assertEquals(judge(tried("silent", 4_000), "unknown", false), "unknown");
});

Deno.test("parseRoutes: reads the table of Linux, whose addresses begin with their last byte", () => {
  const table = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
wg0\t0000080A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
  assertEquals(parseRoutes(table), [
    { interface: "wlan0", network: "0.0.0.0/0", metric: 600 },
    { interface: "wg0", network: "10.8.0.0/24", metric: 0 },
  ]);
  assertEquals(parseRoutes(""), []);
});

Deno.test("neighbourIn: tells a known hardware address from one that nothing answered for", () => {
  const table = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.1         0x1         0x2         02:fc:00:00:00:05     *        eth0
10.0.0.2         0x1         0x6         02:fc:00:00:00:06     *        eth0
10.0.0.9         0x1         0x0         00:00:00:00:00:00     *        eth0
`;
  assertEquals(neighbourIn(table, "10.0.0.1"), "answers");
  assertEquals(neighbourIn(table, "10.0.0.2"), "answers");
  assertEquals(neighbourIn(table, "10.0.0.9"), "silent");
  assertEquals(neighbourIn(table, "10.0.0.3"), "unknown");
  assertEquals(neighbourIn("", "10.0.0.1"), "unknown");
});
