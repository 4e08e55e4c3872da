import { assertEquals } from "@std/assert";
import { parseAddress, parsePort } from "../../lib/stream/address.ts";
import { formatEndpoint } from "../../lib/stream/endpoint.ts";

const ADDRESSES: Array<[text: string, hostname: string, port: number]> = [
  ["localhost", "localhost", 5555],
  ["localhost:6000", "localhost", 6000],
  ["10.0.0.5", "10.0.0.5", 5555],
  ["10.0.0.5:1", "10.0.0.5", 1],
  ["example.org:65535", "example.org", 65535],
  ["with-dash_and.dot:00080", "with-dash_and.dot", 80],
  ["[::1]", "::1", 5555],
  ["[::1]:6000", "::1", 6000],
  ["[fe80::1%eth0]:6000", "fe80::1%eth0", 6000],
  ["[::ffff:10.0.0.5]:6000", "::ffff:10.0.0.5", 6000],
  ["::1", "::1", 5555],
  ["::", "::", 5555],
  ["2001:db8::5", "2001:db8::5", 5555],
  ["fe80::1%eth0", "fe80::1%eth0", 5555],
  ["[fe80::1%br-lan.7]:80", "fe80::1%br-lan.7", 80],
  ["münchen.de:80", "xn--mnchen-3ya.de", 80],
  ["café.example", "xn--caf-dma.example", 5555],
  ["例え.テスト", "xn--r8jz45g.xn--zckzah", 5555],
];

for (const [text, hostname, port] of ADDRESSES) {
  Deno.test(`parseAddress: reads ${text} as ${hostname}, port ${port}`, () => {
    assertEquals(parseAddress(text), { hostname, port });
  });
}

const INVALID_ADDRESSES = [
  "",
  " ",
  ":",
  ":6000",
  "host:",
  "host:0",
  "host:65536",
  "host:123456",
  "host:port",
  "host:-1",
  "host:80:90",
  "two words",
  "host :80",
  "[::1",
  "::1]",
  "[]:80",
  "[::1]80",
  "[::1]:",
  "[::1]:0",
  "host\n",
  "127.0.0.1:5777:x",
  "1:2:3",
  "a\u00a0b",
  "host/x",
  "ana@host",
  "host?x",
  "a\u0000b",
  "ü/x",
  "ü@evil",
];

for (const text of INVALID_ADDRESSES) {
  Deno.test(`parseAddress: returns null for ${JSON.stringify(text)}`, () => {
    assertEquals(parseAddress(text), null);
  });
}

Deno.test("parsePort: accepts only whole numbers from 1 to 65535", () => {
  assertEquals(parsePort("1"), 1);
  assertEquals(parsePort("65535"), 65535);
  for (const text of ["", "0", "65536", "-1", "1.5", "0x10", " 80", "80 ", "１"]) {
    assertEquals(parsePort(text), null, JSON.stringify(text));
  }
});

Deno.test("parseAddress: is the inverse of formatEndpoint", () => {
  for (const [text, hostname, port] of ADDRESSES) {
    assertEquals(parseAddress(formatEndpoint({ hostname, port })), { hostname, port }, text);
  }
});

Deno.test("formatEndpoint: writes IPv6 addresses in brackets", () => {
  assertEquals(formatEndpoint({ hostname: "::1", port: 6000 }), "[::1]:6000");
  assertEquals(formatEndpoint({ hostname: "localhost", port: 6000 }), "localhost:6000");
});
