import { assert, assertEquals, assertMatch } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { type ChildLine, ChildProcess } from "../helpers/child_process.ts";
import { hasHosts, hasNamespaces, Hosts, LoopbackNetwork } from "../helpers/namespace.ts";

const KEY = "4a".repeat(32);
const ignore = !hasNamespaces();

async function announce(shell: string, options: object): Promise<ChildProcess> {
  const all = { name: "casa", port: 5555, fingerprint: null, login: false, ...options };
  const child = new ChildProcess("discovery_child.ts", ["announce", JSON.stringify(all)], shell);
  await child.waitFor("announced");
  await heard(shell, all.port);
  return child;
}

/** Resolves once a server answers: it takes a second until it has its name for itself. */
async function heard(shell: string, port: number): Promise<void> {
  await using child = new ChildProcess(
    "discovery_child.ts",
    ["find", '{"timeoutMs":60000}'],
    shell,
  );
  while ((await child.waitFor("server"))["port"] !== port);
}

async function answer(shell: string, options: object): Promise<ChildProcess> {
  const child = new ChildProcess("mdns_peer_child.ts", ["answer", JSON.stringify(options)], shell);
  await child.waitFor("ready");
  return child;
}

/** What a search prints: the servers, then its end. */
async function find(shell: string, options: object = {}): Promise<ChildLine[]> {
  await using child = new ChildProcess(
    "discovery_child.ts",
    ["find", JSON.stringify(options)],
    shell,
  );
  const lines: ChildLine[] = [];
  do lines.push(await child.nextLine()); while (lines.at(-1)!.event !== "end");
  return lines;
}

function namesOf(lines: readonly ChildLine[]): unknown[] {
  return lines.filter(({ event }) => event === "server").map(({ name }) => name).toSorted();
}

Deno.test({
  name: "findServers: finds a server that announces itself, with its name, key and login",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    const told = { name: "ação", port: 6000, fingerprint: KEY, login: true };
    await using _ = await announce(network.shell, told);
    const [server, end] = await find(network.shell);
    const { ms, ...rest } = server!;
    assertEquals(rest, { event: "server", address: "127.0.0.1", tls: true, ...told });
    assert(Number(ms) < LIMITS.discoveryMs);
    assert(Number(end!["ms"]) >= LIMITS.discoveryMs - 50);
  },
});

Deno.test({
  name: "findServers: tells two servers of one name and key apart by their ports",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    await using _first = await announce(network.shell, { fingerprint: KEY, port: 1 });
    await using _second = await announce(network.shell, { fingerprint: KEY, port: 2 });
    const lines = await find(network.shell);
    assertEquals(namesOf(lines), ["casa", "casa"]);
    assertEquals(lines.slice(0, 2).map(({ port }) => port).toSorted(), [1, 2]);
  },
});

Deno.test({
  name: "findServers: ends when no new server answers for a while, after its minimum",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    await using _ = await announce(network.shell, {});
    const limits = { settledMs: 300, minimumMs: 500, timeoutMs: 60_000 };
    assertEquals(namesOf(await find(network.shell, limits)), ["casa"]);
  },
});

/** Lets so many servers answer a search. */
async function searchAmong(count: number): Promise<number> {
  await using network = await LoopbackNetwork.make();
  const servers = Array.from({ length: count }, (_, i) => ({ instance: `x${i}` }));
  await using _ = await answer(network.shell, { servers });
  return namesOf(await find(network.shell, { timeoutMs: 1_000 })).length;
}

Deno.test({
  name: "findServers: finds 64 of 65 servers",
  ignore,
  fn: async () => assertEquals(await searchAmong(LIMITS.foundServers + 1), LIMITS.foundServers),
});

Deno.test({
  name: "findServers: finds all of 64 servers, and of 63",
  ignore,
  async fn() {
    assertEquals(await searchAmong(LIMITS.foundServers), LIMITS.foundServers);
    assertEquals(await searchAmong(LIMITS.foundServers - 1), LIMITS.foundServers - 1);
  },
});

/** Lets another address answer for so many servers, and one more for a server of its own. */
async function searchBeside(count: number): Promise<unknown[]> {
  await using network = await LoopbackNetwork.make();
  const servers = Array.from({ length: count }, (_, i) => ({ instance: `x${i}` }));
  await using _crowd = await answer(network.shell, { servers, from: "127.0.0.2" });
  const quiet = [{ instance: "y", text: ["v=1", "name=quiet"] }];
  await using _quiet = await answer(network.shell, { servers: quiet, from: "127.0.0.3" });
  return namesOf(await find(network.shell, { timeoutMs: 1_000 }));
}

Deno.test({
  name:
    "findServers: finds 8 of 9 servers of another address, all of 8 and of 7, and those of others",
  ignore,
  async fn() {
    const limit = LIMITS.foundServersOfAddress;
    for (const count of [limit - 1, limit, limit + 1]) {
      const found = [...Array(Math.min(count, limit)).fill("casa"), "quiet"];
      assertEquals(await searchBeside(count), found);
    }
  },
});

Deno.test({
  name: "findServers: finds the others where one address answers for more servers than are found",
  ignore,
  async fn() {
    const found = await searchBeside(2 * LIMITS.foundServers);
    assertEquals(found, [...Array(LIMITS.foundServersOfAddress).fill("casa"), "quiet"]);
  },
});

Deno.test({
  name: "findServers: skips answers from other ports, and survives hostile packets",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    await using _other = await answer(network.shell, { port: 5354, servers: [{ instance: "y" }] });
    const loop = new Uint8Array([0, 0, 0x84, 0, 0, 0, 0x27, 0x10, 0, 0, 0, 0, 0xc0, 12]);
    const packets = [loop, new Uint8Array(9_001).fill(0xff), new Uint8Array()].map((packet) =>
      packet.toBase64()
    );
    await using _hostile = await answer(network.shell, { packets, servers: [{ instance: "x" }] });
    assertEquals(namesOf(await find(network.shell, { timeoutMs: 1_000 })), ["casa"]);
  },
});

Deno.test({
  name: "findServers: fails where no interface has an IPv4 address",
  ignore,
  async fn() {
    const shell = "exec unshare -rn";
    const [error, end] = await find(shell);
    assertEquals([error!.event, error!["code"]], ["error", "unusable"]);
    assert(Number(end!["ms"]) < 1_000);
  },
});

Deno.test({
  name: "announce: says goodbye when it is stopped",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    await using ears = new ChildProcess("mdns_peer_child.ts", ["hear"], network.shell);
    await ears.waitFor("ready");
    const server = await announce(network.shell, { fingerprint: KEY });
    await server.closeInput();
    assert(Number((await server.waitFor("stopped"))["ms"]) < 600);
    await server[Symbol.asyncDispose]();
    assertMatch(String((await ears.waitFor("goodbye"))["name"]), /tcp-chat/);
  },
});

Deno.test({
  name: "findServers: finds a server of another host, by the address that it answers from",
  ignore: !hasHosts(),
  async fn() {
    using hosts = new Hosts(2);
    await using _ = await announce(hosts.shell(2), {});
    const [server] = await find(hosts.shell(1));
    assertEquals([server?.["name"], server?.["address"]], ["casa", "10.77.0.2"]);
  },
});

Deno.test({
  name: "findServers: finds a host with a network of its own once, by the address that is in reach",
  ignore: !hasHosts(),
  async fn() {
    using hosts = new Hosts(2);
    for (const host of [1, 2]) { // Both have the same, as with Docker
      hosts.ip(host, "link add docker0 type bridge");
      hosts.ip(host, "addr add 172.17.0.1/16 dev docker0");
      hosts.ip(host, "link set docker0 up");
    }
    await using _ = await announce(hosts.shell(2), {});
    const lines = await find(hosts.shell(1));
    const addresses = lines.flatMap(({ address }) => address === undefined ? [] : [address]);
    assertEquals(addresses, ["10.77.0.2"]);
  },
});

Deno.test({
  name: "findServers: finds a server of its own machine once, whatever interfaces that has",
  ignore: !hasHosts(),
  async fn() {
    using hosts = new Hosts(1);
    hosts.ip(1, "link add docker0 type bridge");
    hosts.ip(1, "addr add 172.17.0.1/16 dev docker0");
    hosts.ip(1, "link set docker0 up");
    await using _ = await announce(hosts.shell(1), {});
    assertEquals(namesOf(await find(hosts.shell(1))), ["casa"]);
  },
});

Deno.test({
  name: "findServers: takes the announced address of a foreign source, and none out of reach",
  ignore: !hasHosts(),
  async fn() {
    using hosts = new Hosts(2);
    hosts.ip(2, "addr add 192.0.2.7/32 dev eth0");
    hosts.ip(2, "route add 224.0.0.0/4 dev eth0");
    await using _ = await answer(hosts.shell(2), {
      from: "192.0.2.7",
      servers: [
        { instance: "far", address: "198.51.100.1", text: ["v=1", "name=far"] },
        { instance: "near", address: "10.77.0.2", text: ["v=1", "name=near"] },
      ],
    });
    const lines = await find(hosts.shell(1), { timeoutMs: 1_000 });
    assertEquals(namesOf(lines), ["near"]);
  },
});

Deno.test({
  name: "findServers: a host that copies the answer of another does not take its place",
  ignore: !hasHosts(),
  async fn() {
    using hosts = new Hosts(3);
    const servers = [{ instance: "tcp-chat-1" }];
    await using _first = await answer(hosts.shell(2), { servers });
    await using _copy = await answer(hosts.shell(3), { servers });
    const lines = await find(hosts.shell(1), { timeoutMs: 1_000 });
    const addresses = lines.flatMap(({ address }) => address === undefined ? [] : [address]);
    assertEquals(addresses.toSorted(), ["10.77.0.2", "10.77.0.3"]);
  },
});
