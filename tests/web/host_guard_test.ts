import { assert, assertEquals } from "@std/assert";
import { isKnownHost, isKnownOrigin, memberOrigins, parseHost } from "../../lib/web/host_guard.ts";

const NAMES = ["casa.example.org"];

function isAnswered(value: string): boolean {
  const host = parseHost(value);
  return host !== null && isKnownHost(host, NAMES);
}

Deno.test("isKnownHost: addresses and local names are answered, names of the Internet are not", () => {
  const known = `127.0.0.1 127.0.0.1:5555 192.168.0.10:5555 10.0.0.1 255.255.255.255 0.0.0.0
    [::1] [::1]:5555 [fe80::1] [2001:DB8::1]:80 [::ffff:127.0.0.1]
    localhost LOCALHOST localhost. localhost:5555 localhost.:5555 a.localhost casa casa:5555 CASA
    casa-2 my_pc casa.local CASA.LOCAL. a.b.local:1 casa.lan casa.home.arpa casa.internal
    casa.example.org casa.example.org:443 Casa.Example.Org. 2130706433`.split(/\s+/);
  const foreign = `example.com example.com:5555 casa.example.com evil.casa.example.org
    localhost.example.com 127.0.0.1.example.com 127.0.0.1.nip.io casalan.com local.com a.local.com
    home.arpa.com xlan.org a.lan.br.com casa.example.org.evil.com 1.2.3.4.5 999.1.1.1 evil.localdomain
    lan.example internal.example.net a.b a.xlocal a.xlan a.xinternal`.split(/\s+/);
  const malformed = [
    "",
    " ",
    "a b",
    "a/b",
    "a@b",
    "http://a",
    "[::1",
    "::1",
    "[::1]]",
    "[evil.com]",
  ]
    .concat([
      "[:::1]",
      "a:",
      "a:b",
      "a:99999",
      "a:123456",
      "-a",
      "a-",
      ".a",
      "é",
      "a\t",
      "a;b",
      "a,b",
    ])
    .concat(["a'b", 'a"b', "a<b", "%6c", "a".repeat(301)]);
  for (const value of known) assert(isAnswered(value), value);
  for (const value of foreign) assertEquals([value, isAnswered(value)], [value, false]);
  for (const value of malformed) assertEquals([value, parseHost(value)], [value, null]);
});

const MEMBERS = ["http://10.0.0.2:6001"];

Deno.test("memberOrigins: those of servers that speak TLS as this one does, as browsers write them", () => {
  const fingerprint = "ab".repeat(32);
  const peer = (host: string, port: number, isTls = false) => ({
    host,
    port,
    fingerprint: isTls ? fingerprint : null,
  });
  const members = [
    peer("Chat1.Example", 80),
    peer("10.0.0.2", 6001),
    peer("::1", 443, true),
    peer("casa", 443, true),
    peer("bücher.example", 5555),
    ...["*", "a;b", "a'b", "", "a:b", "a b", "x/../y"].map((host) => peer(host, 1)),
  ];
  assertEquals(memberOrigins(members, "http"), [
    "http://chat1.example",
    "http://10.0.0.2:6001",
    "http://xn--bcher-kva.example:5555",
  ]);
  assertEquals(memberOrigins(members, "https"), ["https://[::1]", "https://casa"]);
});

Deno.test("isKnownOrigin: the pages of this server and its cluster, and programs, no other page", () => {
  const host = parseHost("Casa:5555")!;
  const isKnown = (origin: string | undefined, scheme: "http" | "https" = "http") =>
    isKnownOrigin(origin, host, { scheme, names: NAMES, members: MEMBERS });
  assert(isKnown(undefined));
  assert(isKnown("http://casa:5555"));
  assert(isKnown("HTTP://CASA:5555"));
  assert(isKnown("https://casa:5555", "https"));
  assert(isKnown("http://10.0.0.2:6001"));
  assert(isKnown("https://casa.example.org"));
  assert(isKnown("https://casa.example.org:8443"));
  const foreign = [
    "",
    "null",
    "http://casa",
    "http://casa:5556",
    "https://casa:5555",
    "http://evil",
    "http://10.0.0.2",
    "https://10.0.0.2:6001",
    "http://10.0.0.2:60012",
  ];
  const alike = ["http://casa:5555.evil.com", "http://casa:5555/", "http://casa.example.org"];
  const nested = ["https://casa.example.org.evil.com", "https://evil.com/casa.example.org"];
  for (const origin of [...foreign, ...alike, ...nested, "file://", "https://x@casa.example.org"]) {
    assertEquals([origin, isKnown(origin)], [origin, false]);
  }
  assertEquals(isKnown("http://casa:5555", "https"), false);
});
