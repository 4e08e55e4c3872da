import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FindScene } from "../helpers/find_scene.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { hasHosts, hasNamespaces, Hosts } from "../helpers/namespace.ts";
import { programCommand, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ignore = !hasNamespaces();

Deno.test({
  name: "find: lists an announced server, and says what connects to it",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce");
    const { code, stdout, stderr } = await scene.find();
    const address = `127.0.0.1:${server.port}`;
    assertEquals(
      [code, stdout, stderr],
      [
        0,
        `casa   ${address}   not encrypted\n1 server. deno run -A client.ts ${address} connects to the first.\n`,
        "",
      ],
    );
  },
});

Deno.test({
  name: "find --json: tells of a server with its key and how it is trusted",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce", "--tls");
    const { port } = server;
    const { fingerprint } = await server.stdout.waitForEvent("listening");
    const trust = async () => {
      const { code, stdout } = await scene.find("--json");
      const { ms: _, ...found } = JSON.parse(stdout);
      const { trust, ...rest } = found;
      const told = { event: "server", name: "casa", tls: true, fingerprint, login: false };
      assertEquals([code, rest], [0, { ...told, address: "127.0.0.1", port }]);
      return trust;
    };
    assertEquals(await trust(), "new");
    scene.know(`127.0.0.1:${port}`, fingerprint);
    assertEquals(await trust(), "known");
    scene.know("casa.local:7", fingerprint);
    assertEquals(await trust(), "moved");
    scene.know(`127.0.0.1:${port}`, "ab".repeat(32));
    assertEquals(await trust(), "changed");
  },
});

Deno.test({
  name: "find: exits with 4 where no server answers, in both languages",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    const { code, stdout, stderr } = await scene.find("--timeout", "1");
    assertEquals([code, stdout], [4, ""]);
    assertStringIncludes(stderr, "No server answers in this network.");
    const other = await scene.find("--timeout", "1", "--json", "--lang", "pt-BR");
    const { event, code: name } = JSON.parse(other.stdout);
    assertEquals([other.code, event, name], [4, "error", "not-found"]);
    assertStringIncludes(other.stderr, "Nenhum servidor responde nesta rede.");
  },
});

Deno.test({
  name: "find: exits with 3 where there is no network",
  ignore,
  async fn() {
    const command = ["unshare", "-rn", ...programCommand("client")] as [string, ...string[]];
    const { code, stdout, stderr } = await run(command, ["find", "--json"]);
    assertEquals([code, JSON.parse(stdout).code], [3, "unusable"]);
    assertStringIncludes(stderr, "no interface has an IPv4 address");
  },
});

Deno.test({
  name: "find --scan: finds servers that are not announced, with TLS, with a login, and no others",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    scene.network.addAddress("10.78.0.1/32");
    const kinds = [
      { args: [], expected: { tls: false, login: false, trust: "none" } },
      { args: ["--tls"], expected: { tls: true, login: false, trust: "new" } },
      { args: ["--require-account"], expected: { tls: false, login: true, trust: "none" } },
    ];
    for (const { args, expected } of kinds) {
      await using server = await scene.serve(...args);
      const scan = ["--json", "--timeout", "1", "--scan", `${server.port}`];
      const { code, stdout } = await scene.find(...scan);
      assertEquals(code, 0);
      const { tls, login, trust, address, port } = JSON.parse(stdout);
      assertEquals({ tls, login, trust }, expected);
      assertEquals([address, port], ["10.78.0.1", server.port]);
    }
    assertEquals((await scene.find("--timeout", "1", "--scan", "9")).code, 4);
  },
});

Deno.test({
  name: "find --scan: finds a server of another host among 253 silent addresses",
  ignore: !hasHosts(),
  async fn() {
    using folder = new TempDir();
    using hosts = new Hosts(2);
    const folders = { root: folder.join("root"), data: folder.join("data") };
    const args = ["--no-console", "-H", "0.0.0.0"];
    const command = hosts.inside(2, programCommand("server"));
    await using server = await ServerProgram.start(folders, args, { command });
    const scan = ["find", "--json", "--timeout", "1", "--scan", `${server.port}`];
    const { code, stdout } = await run(hosts.inside(1, programCommand("client")), scan);
    const { address, port, ms } = JSON.parse(stdout);
    assertEquals([code, address, port], [0, "10.77.0.2", server.port]);
    assert(ms < 254 * LIMITS.scanMs / 2, `${ms} ms: the addresses are not tried at once`);
  },
});

Deno.test("find: takes no address, and its options are refused by others", async () => {
  assertEquals((await run("client", ["find", "localhost"])).code, 2);
  assertEquals((await run("client", ["ls", "localhost", "--scan", "1"])).code, 2);
  assertEquals((await run("client", ["find", "--scan", "0"])).code, 2);
});
