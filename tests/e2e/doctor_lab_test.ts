/** Networks with faults, made for real between two hosts: what a packet meets is no simulation. */
import { assert, assertEquals } from "@std/assert";
import { hasHosts, Hosts } from "../helpers/namespace.ts";
import { programCommand, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ignore = !hasHosts();
const SERVER = "10.77.0.2";

interface CheckLine {
  readonly finding: string;
  readonly status: string;
  readonly data: Record<string, unknown>;
}

/** Runs `tcp-chat doctor` on the first host. */
async function doctorOn(hosts: Hosts, address: string) {
  using temp = new TempDir();
  const env = { XDG_CONFIG_HOME: temp.join("config"), XDG_STATE_HOME: temp.join("state") };
  const command = hosts.inside(1, programCommand("client"));
  const args = ["doctor", address, "--json"];
  const startedMs = performance.now();
  const { code, stdout } = await run(command, args, { env });
  const lines = stdout.trim().split("\n").map((line): CheckLine => JSON.parse(line));
  const failed = lines.filter(({ status }) => status === "fail").map(({ finding }) => finding);
  assert(performance.now() - startedMs < 12_000, "the checks take ten seconds at the most");
  return { code, failed, find: (name: string) => lines.find(({ finding }) => finding === name) };
}

/** What each fault does to the network, and what is found. */
const FAULTS: [what: string, address: string, make: (hosts: Hosts) => void, finding: string][] = [
  ["a machine without a server", SERVER, () => {}, "port-refused"],
  ["an address that no machine has", "10.77.0.99", () => {}, "port-absent"],
  ["a network without a way to it", "10.99.0.1", () => {}, "port-unroutable"],
  [
    "a machine that drops what comes",
    SERVER,
    (hosts) => hosts.ip(2, "route add blackhole 10.77.0.1/32"),
    "port-dropped",
  ],
  ["a firewall on the way that refuses", "10.66.0.9", (hosts) => {
    hosts.ip(2, "route add prohibit 10.66.0.0/24");
    hosts.ip(1, `route add 10.66.0.0/24 via ${SERVER}`);
    forwardOn(hosts, 2);
  }, "port-rejected"],
];

for (const [what, address, make, finding] of FAULTS) {
  Deno.test({
    name: `tcp-chat doctor: finds ${finding} for ${what}, and exits with 3`,
    ignore,
    fn: async () => {
      using hosts = new Hosts(2);
      make(hosts);
      const { code, failed } = await doctorOn(hosts, address);
      assertEquals([code, failed], [3, [finding]]);
    },
  });
}

Deno.test({
  name: "tcp-chat doctor: finds a black hole for large packets, in either direction",
  ignore,
  fn: async () => {
    using hosts = new Hosts(2);
    for (const host of [1, 2]) {
      hosts.ip(host, "link set eth0 gso_max_segs 1 gso_max_size 1500");
      hosts.ip(host, "route replace 10.77.0.0/24 dev eth0 advmss 1460");
    }
    using temp = new TempDir();
    temp.write("served/a.bin", new Uint8Array(200_000));
    const command = hosts.inside(2, programCommand("server"));
    const folders = { root: temp.join("served"), data: temp.join("data") };
    await using server = await ServerProgram.start(folders, ["-H", SERVER], { command });
    const address = `${SERVER}:${server.port}`;
    const whole = await doctorOn(hosts, address);
    assertEquals([whole.code, whole.failed], [0, []]);
    const swallow = (host: number) => {
      hosts.ip(host, "link set eth0 mtu 1000");
      hosts.ip(host, "route replace 10.77.0.0/24 dev eth0 advmss 1460");
    };
    swallow(2);
    const up = await doctorOn(hosts, address);
    assertEquals([up.code, up.failed], [3, ["packets-vanish"]]);
    assertEquals(up.find("packets-vanish")?.data, { passed: 500, stuck: 1_400 });
    hosts.ip(2, "link set eth0 mtu 1500");
    swallow(1);
    const down = await doctorOn(hosts, address);
    assertEquals([down.code, down.failed], [3, ["packets-lost"]]);
  },
});

Deno.test({
  name: "tcp-chat doctor: warns of a way through a VPN, by the address that the connection has",
  ignore,
  fn: async () => {
    using hosts = new Hosts(2);
    hosts.ip(1, "link add name wg0 type veth peer name port9");
    hosts.ip(1, "addr add 10.8.0.2/24 dev wg0");
    hosts.ip(1, "link set wg0 up");
    hosts.ip(2, "addr add 10.55.0.1/32 dev lo");
    hosts.ip(1, `route add 10.55.0.1/32 via ${SERVER} src 10.8.0.2`);
    hosts.ip(2, "route add 10.8.0.0/24 via 10.77.0.1");
    using temp = new TempDir();
    const command = hosts.inside(2, programCommand("server"));
    const folders = { root: temp.join("served"), data: temp.join("data") };
    await using server = await ServerProgram.start(folders, ["-H", "10.55.0.1"], { command });
    const { code, find } = await doctorOn(hosts, `10.55.0.1:${server.port}`);
    assertEquals(code, 0);
    assertEquals(find("network-vpn")?.data, { address: "10.55.0.1", interface: "wg0" });
  },
});

/** Lets a host pass packets on. */
function forwardOn(hosts: Hosts, host: number): void {
  const script = "echo 1 > /proc/sys/net/ipv4/ip_forward";
  const [program, ...args] = hosts.inside(host, ["sh", "-c", script]);
  assert(new Deno.Command(program, { args }).outputSync().success);
}
