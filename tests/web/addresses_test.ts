import { assert, assertEquals } from "@std/assert";
import { interfaceOf } from "../../lib/files/local_addresses.ts";
import { isBadPort } from "../../lib/web/bad_ports.ts";
import { type PagePlace, pageUrls } from "../../lib/web/addresses.ts";

type Row = readonly [name: string, address: string];

function urls(
  rows: readonly Row[],
  { hostname = "0.0.0.0", port = 5555, isTls = false, ...place }: Partial<PagePlace> = {},
): string[] {
  const addresses = rows.map(([name, address]) => {
    return { name, address, family: address.includes(":") ? "IPv6" : "IPv4" } as const;
  });
  return pageUrls({ hostname, port, isTls, addresses, defaultInterface: null, ...place });
}

const LAPTOP: readonly Row[] = [
  ["lo", "127.0.0.1"],
  ["docker0", "172.17.0.1"],
  ["wg0", "10.8.0.6"],
  ["wlan0", "192.168.0.10"],
  ["wlan0", "fe80::1%wlan0"],
  ["wlan0", "2001:db8:1::5"],
  ["eth1", "169.254.7.7"],
  ["lo", "::1"],
];

Deno.test("pageUrls: the default route first, without loopback, link-local and virtual ones", () => {
  assertEquals(urls(LAPTOP, { defaultInterface: "wlan0" }), [
    "http://192.168.0.10:5555/",
    "http://10.8.0.6:5555/",
  ]);
  assertEquals(urls(LAPTOP)[0], "http://10.8.0.6:5555/");
});

Deno.test("pageUrls: private networks before the Internet, where no route is known", () => {
  const rows: readonly Row[] = [["en0", "8.8.4.4"], ["en1", "192.168.1.2"]];
  assertEquals(urls(rows), ["http://192.168.1.2:5555/", "http://8.8.4.4:5555/"]);
});

Deno.test("pageUrls: virtual networks if there is nothing else, and this machine at last", () => {
  assertEquals(urls([["lo", "127.0.0.1"], ["docker0", "172.17.0.1"]]), ["http://172.17.0.1:5555/"]);
  assertEquals(urls([["lo", "127.0.0.1"], ["lo", "::1"]]), ["http://localhost:5555/"]);
  assertEquals(urls([]), ["http://localhost:5555/"]);
});

Deno.test("pageUrls: IPv6 where the server listens for it, behind IPv4", () => {
  const rows: readonly Row[] = [["a", "2001:4860::1"], ["a", "fd00::1"], ["a", "10.0.0.1"]];
  assertEquals(urls(rows, { hostname: "::" }), [
    "http://10.0.0.1:5555/",
    "http://[2001:4860::1]:5555/",
    "http://[fd00::1]:5555/",
  ]);
  assertEquals(urls(rows), ["http://10.0.0.1:5555/"]);
});

Deno.test("pageUrls: an address of a special range that an interface has", () => {
  const rows: readonly Row[] = [["a", "192.0.2.2"], ["a", "169.254.7.7"], ["b", "198.18.0.1"]];
  assertEquals(urls(rows), ["http://192.0.2.2:5555/", "http://198.18.0.1:5555/"]);
  assertEquals(urls([["a", "224.0.0.1"], ["a", "fe80::1"]]), ["http://localhost:5555/"]);
});

Deno.test("pageUrls: the one address that the server listens on", () => {
  assertEquals(urls(LAPTOP, { hostname: "127.0.0.1" }), ["http://127.0.0.1:5555/"]);
  assertEquals(urls(LAPTOP, { hostname: "::1" }), ["http://[::1]:5555/"]);
  assertEquals(urls(LAPTOP, { hostname: "casa" }), ["http://casa:5555/"]);
});

Deno.test("pageUrls: https with TLS, no port where it is the usual one, four at most", () => {
  assertEquals(urls([], { isTls: true }), ["https://localhost:5555/"]);
  assertEquals(urls([], { isTls: true, port: 443 }), ["https://localhost/"]);
  assertEquals(urls([], { port: 80 }), ["http://localhost/"]);
  assertEquals(urls([], { port: 443 }), ["http://localhost:443/"]);
  const many = Array.from({ length: 9 }, (_, at): Row => [`eth${at}`, `10.0.${at}.1`]);
  assertEquals(urls(many).length, 4);
  const told = urls(many, { advertised: { host: "a.example" } });
  assertEquals([told[0], told.length], ["http://a.example:5555/", 4]);
});

Deno.test("pageUrls: what the operator says others reach comes first, with its port", () => {
  const at = (host: string, port?: number) => ({
    isTls: true,
    defaultInterface: "wlan0",
    advertised: { host, ...(port !== undefined && { port }) },
  });
  const [own = "", vpn = ""] = urls(LAPTOP, { isTls: true, defaultInterface: "wlan0" });
  assertEquals(urls(LAPTOP, at("a.example")), ["https://a.example:5555/", own, vpn]);
  assertEquals(urls(LAPTOP, at("a.example", 443)), ["https://a.example/", own, vpn]);
  assertEquals(urls(LAPTOP, at("2001:db8::1", 8443))[0], "https://[2001:db8::1]:8443/");
});

Deno.test("interfaceOf: the default route with the lowest metric", () => {
  const table = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t50\t000000FF\t0\t0\t0
eth0\t0000000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
`;
  assertEquals(interfaceOf(table), "eth0");
  for (const none of ["", "Iface\tDestination\n", "garbage"]) assertEquals(interfaceOf(none), null);
});

Deno.test("isBadPort: the ports that browsers refuse", () => {
  for (const port of [1, 25, 6000, 6566, 6665, 6669, 6697, 10_080]) {
    assert(isBadPort(port), `${port}`);
  }
  for (const port of [80, 443, 5555, 6001, 6664, 6670, 8080]) assert(!isBadPort(port), `${port}`);
});
