import { assertEquals } from "@std/assert";
import { isNear, scannedAddresses } from "../../lib/discovery/networks.ts";

function network(cidr: string) {
  return { address: cidr.slice(0, cidr.indexOf("/")), cidr };
}

Deno.test("isNear: holds for addresses of the networks, and no other text", () => {
  const networks = [network("192.168.0.10/24"), network("172.17.0.1/16")];
  assertEquals(isNear("192.168.0.200", networks), true);
  assertEquals(isNear("172.17.9.9", networks), true);
  for (const text of ["192.168.1.1", "8.8.8.8", "", "x", "undefined.undefined", "::1", "fe80::1"]) {
    assertEquals(isNear(text, networks), false, text);
  }
});

Deno.test("scannedAddresses: are the network, or the 254 around the own address of a larger one", () => {
  assertEquals(scannedAddresses([network("192.168.0.10/30")]), [
    "192.168.0.8",
    "192.168.0.9",
    "192.168.0.10",
    "192.168.0.11",
  ]);
  const around = scannedAddresses([network("10.1.2.3/8")]);
  assertEquals([around.length, around[0], around[253]], [254, "10.1.2.1", "10.1.2.254"]);
  assertEquals(scannedAddresses([network("10.1.2.3/24")]), around);
  assertEquals(scannedAddresses([network("10.1.2.3/32")]), ["10.1.2.3"]);
});

Deno.test("scannedAddresses: are private, and each stands there once", () => {
  assertEquals(
    scannedAddresses([network("8.8.8.8/24"), network("127.0.0.1/8"), network("172.32.0.1/24")]),
    [],
  );
  assertEquals(scannedAddresses([network("10.1.2.3/24"), network("10.1.2.9/16")]).length, 254);
});
