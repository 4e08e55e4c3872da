import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { addressKey } from "../../lib/accounts/address_key.ts";

Deno.test("IPv4 addresses count one by one, however they are written", () => {
  assertEquals(addressKey("192.0.2.1"), "192.0.2.1");
  for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
    assertEquals(addressKey(text), "192.0.2.1");
  }
  assertNotEquals(addressKey("192.0.2.1"), addressKey("192.0.2.2"));
});

Deno.test("IPv6 addresses count by their first 64 bits", () => {
  const same = ["2001:db8:1:2::", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::192.0.2.1"];
  for (const text of same) assertEquals(addressKey(text), "2001:db8:1:2::/64");
  assertEquals(addressKey("2001:db8:1:3::"), "2001:db8:1:3::/64");
  assertEquals(addressKey("::1"), "0:0:0:0::/64");
  assertEquals(addressKey("fe80::1%eth0"), "fe80:0:0:0::/64");
  assertEquals(addressKey("2001:db8::1"), "2001:db8:0:0::/64");
});

Deno.test("any IPv6 address counts as the other addresses of its network", () => {
  fc.assert(fc.property(fc.ipV6(), (text) => {
    const key = addressKey(text);
    if (key.includes(".")) return;
    assertEquals(addressKey(key.replace("/64", "1")), key);
  }));
});

Deno.test("what is no address is its own key", () => {
  for (const text of ["", "unix", "a:b", "1::2::3", "[::1]", "::1/64", "::1]:5"]) {
    assertEquals(addressKey(text), text);
  }
});
