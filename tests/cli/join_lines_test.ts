import { assertEquals } from "@std/assert";
import { joinAddresses, joinFacts, joinLines, joinText } from "../../lib/cli/server/join_lines.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";

const KEY = "4af06ba5203c3f4048f4efdbe82744997d322fbe1a166e5efe3924672dd425fd";
const ipv4 = (name: string, address: string) => ({ name, family: "IPv4" as const, address });
const ipv6 = (name: string, address: string) => ({ name, family: "IPv6" as const, address });
const NETWORKS = {
  addresses: [
    ipv4("lo", "127.0.0.1"),
    ipv4("docker0", "172.17.0.1"),
    ipv4("wg0", "10.8.0.6"),
    ipv4("eth0", "192.168.0.10"),
    ipv6("eth0", "fe80::1%eth0"),
    ipv6("eth0", "2804:14c::5"),
  ],
  defaultInterface: "eth0",
};
const listening = (port: number, fingerprint?: string) => ({
  event: "listening" as const,
  host: "0.0.0.0",
  port,
  tls: fingerprint !== undefined,
  root: "/srv",
  ...(fingerprint !== undefined && { fingerprint }),
});

Deno.test("joinLines: tells what others type, the likeliest first, with an interface that is not obvious", () => {
  const hosts = joinAddresses("0.0.0.0", NETWORKS);
  assertEquals(joinLines(listening(5555), hosts, "tcp-chat", makeLocale("en")), [
    "Others connect with one of these:",
    "  tcp-chat 192.168.0.10",
    "  tcp-chat 10.8.0.6      (wg0)",
  ]);
  assertEquals(
    joinLines(listening(6000, KEY), hosts.slice(0, 1), "tcp-chat", makeLocale("pt-BR")),
    [
      "Outros se conectam com isto:",
      `  tcp-chat 'tcp-chat://192.168.0.10:6000?fp=${KEY}'`,
    ],
  );
});

Deno.test("joinLines: names the interface of a second address, also that of the default route", () => {
  const eth0 = [ipv4("eth0", "192.168.0.10"), ipv4("eth0", "192.168.0.11")];
  const hosts = joinAddresses("0.0.0.0", { addresses: eth0, defaultInterface: "eth0" });
  assertEquals(hosts.map((host) => host.interface), [null, "eth0"]);
});

Deno.test("joinAddresses: names what the operator says others reach first, with its port", () => {
  const told = { ...NETWORKS, advertised: { host: "chat1.example", port: 443 } };
  const hosts = joinAddresses("0.0.0.0", told);
  assertEquals(joinLines(listening(5555), hosts, "tcp-chat", makeLocale("en")), [
    "Others connect with one of these:",
    "  tcp-chat chat1.example:443",
    "  tcp-chat 192.168.0.10       (eth0)",
    "  tcp-chat 10.8.0.6           (wg0)",
  ]);
  const { addresses, uri } = joinFacts(listening(5555, KEY), hosts);
  assertEquals(addresses[0], "chat1.example:443");
  assertEquals(uri, `tcp-chat://chat1.example:443?fp=${KEY}`);
  assertEquals(joinText({ port: 5555 }, hosts[0]!), "TCP-CHAT://CHAT1.EXAMPLE:443");
});

Deno.test("joinAddresses: with an advertised host, none that leads nobody else here, and each once", () => {
  const namesOf = (host: string, advertised: string) =>
    joinAddresses(host, { ...NETWORKS, advertised: { host: advertised } })
      .map(({ hostname }) => hostname);
  assertEquals(namesOf("127.0.0.1", "chat1.example"), ["chat1.example"]);
  assertEquals(namesOf("0.0.0.0", "10.8.0.6"), ["10.8.0.6", "192.168.0.10"]);
  assertEquals(namesOf("0.0.0.0", "127.0.0.1"), ["192.168.0.10", "10.8.0.6"]);
});

Deno.test("joinLines: tells of this machine only, where no other reaches it", () => {
  const networks = { addresses: [ipv4("lo", "127.0.0.1")], defaultInterface: null };
  for (const host of ["0.0.0.0", "127.0.0.1", "::1"]) {
    const hosts = joinAddresses(host, networks);
    const [heading] = joinLines(listening(5555), hosts, "tcp-chat", makeLocale("pt-BR"));
    assertEquals(heading, "Nesta máquina, conecte-se com isto:");
  }
});

Deno.test("joinFacts: tells all addresses with the port, and the first as one text", () => {
  assertEquals(joinFacts(listening(5555, KEY), joinAddresses("::", NETWORKS)), {
    addresses: ["192.168.0.10:5555", "10.8.0.6:5555", "[2804:14c::5]:5555"],
    uri: `tcp-chat://192.168.0.10?fp=${KEY}`,
  });
  const only = joinAddresses("10.0.0.9", NETWORKS);
  assertEquals(joinFacts(listening(7), only).addresses, ["10.0.0.9:7"]);
});

Deno.test("joinAddresses: tells an address once, at most four, and localhost if there is none", () => {
  const nets = Array.from({ length: 6 }, (_, at) => ipv4(`eth${at}`, `10.0.0.${at % 5}`));
  const hosts = joinAddresses("0.0.0.0", { addresses: nets, defaultInterface: null });
  assertEquals(new Set(hosts.map(({ hostname }) => hostname)).size, 4);
  const none = joinAddresses("0.0.0.0", { addresses: [], defaultInterface: null });
  assertEquals(none, [{ hostname: "localhost", interface: null }]);
});
