import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  canonicalAddress,
  isLoopback,
  isOnlyNear,
  networkKey,
} from "../../lib/stream/ip_address.ts";

Deno.test("networkKey: returns an IPv4 address itself, whatever its notation", () => {
  assertEquals(networkKey("192.0.2.1"), "192.0.2.1");
  for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
    assertEquals(networkKey(text), "192.0.2.1");
  }
  assertNotEquals(networkKey("192.0.2.1"), networkKey("192.0.2.2"));
});

Deno.test("networkKey: returns the first 64 bits of an IPv6 address", () => {
  const same = ["2001:db8:1:2::", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::192.0.2.1"];
  for (const text of same) assertEquals(networkKey(text), "2001:db8:1:2::/64");
  assertEquals(networkKey("2001:db8:1:3::"), "2001:db8:1:3::/64");
  assertEquals(networkKey("::1"), "0:0:0:0::/64");
  assertEquals(networkKey("fe80::1%eth0"), "fe80:0:0:0::/64");
  assertEquals(networkKey("2001:db8::1"), "2001:db8:0:0::/64");
});

Deno.test("networkKey: is the same for all addresses of an IPv6 network", () => {
  fc.assert(fc.property(fc.ipV6(), (text) => {
    const key = networkKey(text);
    if (key.includes(".")) return;
    assertEquals(networkKey(key.replace("/64", "1")), key);
  }));
});

Deno.test("networkKey: returns any other text unchanged", () => {
  for (const text of ["", "unix", "a:b", "1::2::3", "[::1]", "::1/64", "::1]:5"]) {
    assertEquals(networkKey(text), text);
  }
});

Deno.test("canonicalAddress: returns one form for each address", () => {
  const forms = {
    "192.0.2.1": ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"],
    "2001:db8::1": ["2001:db8::1", "2001:0DB8:0:0::1", "2001:db8:0:0:0:0:0:1"],
    "::1": ["::1", "0:0:0:0:0:0:0:1"],
    "fe80::1": ["fe80::1", "fe80::1%eth0", "FE80:0::1%2"],
  };
  for (const [form, texts] of Object.entries(forms)) {
    for (const text of texts) assertEquals(canonicalAddress(text), form, text);
  }
});

Deno.test("canonicalAddress: returns null for any other text", () => {
  const texts = [
    "",
    "ana",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1::2::3",
    "[::1]",
    "::1/64",
  ];
  for (const text of texts) assertEquals(canonicalAddress(text), null, text);
});

Deno.test("isLoopback, isOnlyNear: tell addresses for this machine, and for its link, from others", () => {
  const addresses = [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "fe80::7",
    "192.168.0.7",
    "128.0.0.1",
    "::12",
  ];
  assertEquals(addresses.filter(isLoopback), ["127.0.0.1", "127.9.9.9", "::1"]);
  assertEquals(addresses.filter(isOnlyNear), ["127.0.0.1", "127.9.9.9", "::1", "fe80::7"]);
});
