import { assertEquals } from "@std/assert";
import { ChildProcess } from "../helpers/child_process.ts";
import { hasHosts, hasNamespaces, Hosts, LoopbackNetwork } from "../helpers/namespace.ts";

const ignore = !hasNamespaces();

/** Runs a probe of `multicast_child.ts`, and returns what it found out. */
async function probe(shell: string, ...args: string[]): Promise<unknown> {
  await using child = new ChildProcess("multicast_child.ts", args, shell);
  return (await child.waitFor("result"))["value"];
}

Deno.test({
  name: "node:dgram: two sockets share a port by reuseAddr, and both get each multicast packet",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    assertEquals(await probe(network.shell, "share"), ["hello", "hello"]);
  },
});

Deno.test({
  name: "node:dgram: a port that a socket holds without reuseAddr is in use",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    assertEquals(await probe(network.shell, "hold"), "EADDRINUSE");
  },
});

// Once the zone is there, IPv6 can be used: see `ownNetworks` and `announce`
Deno.test({
  name: "node:dgram: the address of a link-local IPv6 sender lacks its zone (denoland/deno#24694)",
  ignore: !hasHosts(),
  async fn() {
    using hosts = new Hosts(1);
    assertEquals(await probe(hosts.shell(1), "zone"), false);
  },
});

// The reverse of RFC 6762, section 5.4: this is why the finder asks both
for (const [mode, answer] of [["QM", "the asker alone"], ["QU", "all"]] as const) {
  Deno.test({
    name: `dnssd-advertise: answers a ${mode} question to ${answer}`,
    ignore: !hasHosts(),
    async fn() {
      using hosts = new Hosts(2);
      const options = { name: "Found me", port: 5555, fingerprint: null, login: false };
      const args = ["announce", JSON.stringify(options)];
      await using server = new ChildProcess("discovery_child.ts", args, hosts.shell(1));
      await server.waitFor("announced");
      await probe(hosts.shell(2), "quiet"); // Its announcements go to all
      const value = await probe(hosts.shell(2), "answers", mode);
      assertEquals(value, { isUnicast: mode === "QM" });
    },
  });
}

Deno.test({
  name: "dnssd-advertise: sends nothing for a name with letters beyond ASCII",
  ignore,
  async fn() {
    await using network = await LoopbackNetwork.make();
    assertEquals(await probe(network.shell, "packets", "casa"), true);
    assertEquals(await probe(network.shell, "packets", "ação"), false);
  },
});
