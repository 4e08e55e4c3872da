import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { serve } from "../../lib/server/serve.ts";
import { certificateFiles, issue } from "../helpers/certificates.ts";
import { type ChildLine, ChildProcess } from "../helpers/child_process.ts";
import { hasNamespaces, LoopbackNetwork } from "../helpers/namespace.ts";
import { programCommand, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ignore = !hasNamespaces();
/** Port 5353 in hex, as Linux lists it. */
const MDNS_PORT = /:14E9 /;

async function start(
  network: LoopbackNetwork,
  folder: TempDir,
  ...args: string[]
): Promise<ServerProgram> {
  const folders = { root: folder.join("root"), data: folder.join("data") };
  const command = network.inside(programCommand("server"));
  const all = ["--no-console", "-H", "0.0.0.0", "--name", "casa", ...args];
  return await ServerProgram.start(folders, all, { command });
}

/** The first server that a search finds, or its end. */
async function find(network: LoopbackNetwork, isLong = true): Promise<ChildLine> {
  const options = JSON.stringify({ timeoutMs: isLong ? 60_000 : 2_000 });
  await using child = new ChildProcess("discovery_child.ts", ["find", options], network.shell);
  return await child.nextLine();
}

function udpPorts(server: ServerProgram): string {
  return Deno.readTextFileSync(`/proc/${server.pid}/net/udp`);
}

Deno.test({
  name: "tcp-chat-server --announce: is found by its name, with its port and key",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using network = await LoopbackNetwork.make();
    await using server = await start(network, folder, "--announce", "--tls", "--json");
    const { fingerprint } = await server.stdout.waitForEvent("listening");
    assertEquals((await server.stdout.waitForEvent("announced"))["name"], "casa");
    const found = await find(network);
    assertEquals([found["name"], found["port"]], ["casa", server.port]);
    assertEquals([found["tls"], found["fingerprint"]], [true, fingerprint]);
    assertMatch(udpPorts(server), MDNS_PORT);
    server.kill("SIGTERM");
    assertEquals(await server.exitCode(), 0);
  },
});

Deno.test({
  name: "tcp-chat-server: without --announce, has no UDP port and is not found",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using network = await LoopbackNetwork.make();
    await using server = await start(network, folder);
    assertEquals((await find(network, false)).event, "end");
    assertEquals(udpPorts(server).trim().split("\n").length, 1); // The heading
  },
});

Deno.test({
  name: "tcp-chat-server --announce: tells of the new key of a renewed certificate",
  ignore,
  async fn() {
    using folder = new TempDir();
    const files = certificateFiles(folder);
    const [old, renewed] = [await issue(), await issue()];
    files.write(old);
    await using network = await LoopbackNetwork.make();
    await using server = await start(network, folder, "--announce", ...files.args);
    await server.stdout.waitFor("announced to the local network as casa");
    assertEquals((await find(network))["fingerprint"], old.fingerprint);
    files.write(renewed);
    server.kill("SIGHUP");
    let shown: unknown = old.fingerprint;
    while (shown === old.fingerprint) shown = (await find(network))["fingerprint"];
    assertEquals(shown, renewed.fingerprint);
  },
});

Deno.test({
  name: "tcp-chat-server --announce: goes on, with a warning, where another program has the port",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using network = await LoopbackNetwork.make();
    await using _holder = await holdPort(network);
    await using server = await start(network, folder, "--announce");
    await server.stdout.waitFor("The local network is not told of this server");
    server.kill("SIGTERM");
    assertEquals(await server.exitCode(), 0);
  },
});

/** Takes the port of multicast DNS without sharing it. */
async function holdPort(network: LoopbackNetwork): Promise<ChildProcess> {
  const child = new ChildProcess("port_holder_child.ts", ["5353"], network.shell);
  await child.waitFor("ready");
  return child;
}

Deno.test("tcp-chat-server --announce: is a usage error with one address to listen on", async () => {
  using folder = new TempDir();
  for (const host of ["127.0.0.1", "::1"]) {
    const args = ["--announce", "-H", host, "-r", folder.path, "--data", folder.join("data")];
    const { code, stderr } = await run("server", args);
    assertEquals(code, 2);
    assert(stderr.includes(`--announce cannot be combined with -H ${host}`), stderr);
  }
});

Deno.test("serve: refuses announce with one address to listen on", async () => {
  using folder = new TempDir();
  const options = { root: folder.path, port: 0, hostname: "127.0.0.1", announce: "casa" };
  await assertRejects(() => serve(options), TypeError, "listens on 127.0.0.1 alone");
});
