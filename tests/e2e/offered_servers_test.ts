import { assertEquals } from "@std/assert";
import { ChildProcess } from "../helpers/child_process.ts";
import { FindScene } from "../helpers/find_scene.ts";
import { hasNamespaces } from "../helpers/namespace.ts";
import { programCommand, run } from "../helpers/program.ts";
import { hasTerminal, KEYS, type Terminal } from "../helpers/terminal.ts";

const ignore = !hasTerminal() || !hasNamespaces();
const OTHER_KEY = "ab".repeat(32);

/** Quits at the prompt of the chat. */
async function leave(terminal: Terminal): Promise<void> {
  await terminal.endsWith("[lobby] >");
  await terminal.enter("quit");
  assertEquals(await terminal.exitCode(), 0);
  await terminal.shows("terminal-restored");
}

Deno.test({
  name: "interactive client: offers the servers of the local network, and Enter takes the first",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce");
    await using terminal = scene.interact();
    await terminal.shows("Looking for servers …");
    await terminal.endsWith("Server [1]:");
    await terminal.shows(`  1  casa   127.0.0.1:${server.port}   not encrypted`);
    await terminal.enter("");
    await terminal.shows(`Connected to 127.0.0.1:${server.port}. Type help for the commands.`);
    await leave(terminal);
  },
});

Deno.test({
  name: "interactive client: asks about the key of an offered server that is new, and keeps it",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce", "--tls");
    const { fingerprint } = await server.stdout.waitForEvent("listening");
    const address = `127.0.0.1:${server.port}`;
    await using terminal = scene.interact("--lang", "pt-BR");
    await terminal.shows("Procurando servidores …");
    await terminal.endsWith("Servidor [1]:");
    await terminal.enter("casa");
    await terminal.waitUntil((lines) => lines.join("").endsWith("[s/N]"), "the question");
    await terminal.enter("s");
    await leave(terminal);
    assertEquals(scene.known(), [`${address} ${fingerprint}`]);
    await using again = scene.interact();
    await again.shows(`  1  casa   ${address}   TLS, known`);
    await again.enter("");
    await leave(again);
  },
});

Deno.test({
  name: "interactive client: exits with 6 if the user does not trust the offered server",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using _server = await scene.serve("--announce", "--tls");
    await using terminal = scene.interact();
    await terminal.endsWith("Server [1]:");
    await terminal.enter("1");
    await terminal.waitUntil((lines) => lines.join("").endsWith("[y/N]"), "the question");
    await terminal.enter("");
    assertEquals(await terminal.exitCode(), 6);
  },
});

Deno.test({
  name: "interactive client: follows a key that is known under another address, without a question",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce", "--tls");
    const { fingerprint } = await server.stdout.waitForEvent("listening");
    scene.know("casa.local:5555", fingerprint);
    await using terminal = scene.interact();
    const address = `127.0.0.1:${server.port}`;
    await terminal.shows(`  1  casa   ${address}   TLS, known as casa.local:5555`);
    await terminal.enter("1");
    await leave(terminal);
    assertEquals(scene.known(), [
      `casa.local:5555 ${fingerprint}`,
      `${address} ${fingerprint}`,
    ]);
  },
});

Deno.test({
  name: "interactive client: does not offer by Enter a server with another key than the known one",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce", "--tls");
    scene.know(`127.0.0.1:${server.port}`, OTHER_KEY);
    await using terminal = scene.interact();
    await terminal.endsWith("Server [localhost]:");
    await terminal.shows(/NOT the key that is known/);
    await terminal.enter("1");
    assertEquals(await terminal.exitCode(), 6);
    await terminal.shows(/has a different key than expected/);
    assertEquals(scene.known(), [`127.0.0.1:${server.port} ${OTHER_KEY}`]);
  },
});

/** Announces a server of the test's own making. */
async function announce(scene: FindScene, port: number, key: string): Promise<ChildProcess> {
  const text = ["v=1", "name=false", "tls=1", `fp=${key}`];
  const options = JSON.stringify({ servers: [{ port, text, address: "127.0.0.1" }] });
  const child = new ChildProcess("mdns_peer_child.ts", ["answer", options], scene.network.shell);
  await child.waitFor("ready");
  return child;
}

Deno.test({
  name: "interactive client: refuses an offered server that shows another key than it announced",
  ignore,
  async fn() {
    for (const isKnown of [false, true]) {
      await using scene = await FindScene.make();
      await using server = await scene.serve("--tls");
      if (isKnown) scene.know("other:5555", OTHER_KEY); // Its owner moved, as it seems
      await using _ = await announce(scene, server.port, OTHER_KEY);
      await using terminal = scene.interact();
      await terminal.endsWith("Server [1]:");
      await terminal.enter("1");
      if (!isKnown) {
        await terminal.waitUntil((lines) => lines.join("").endsWith("[y/N]"), "the question");
        await terminal.enter("y");
      }
      assertEquals(await terminal.exitCode(), 6);
      await terminal.shows(/has a different key than expected/);
    }
  },
});

Deno.test({
  name: "interactive client: asks again for a number that is not there, and takes an address",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce");
    await using terminal = scene.interact();
    await terminal.endsWith("Server [1]:");
    await terminal.enter("7");
    await terminal.shows("There is no server 7");
    await terminal.endsWith("Server [1]:");
    await terminal.enter(`localhost:${server.port}`);
    await terminal.shows(`Connected to localhost:${server.port}. Type help for the commands.`);
    await leave(terminal);
  },
});

Deno.test({
  name: "interactive client: asks for server and port where none answers, and with --no-find",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    for (const args of [[], ["--no-find"]]) {
      await using terminal = scene.interact(...args);
      await terminal.endsWith("Server [localhost]:");
      const isLooking = terminal.lines.includes("Looking for servers …");
      assertEquals(isLooking, args.length === 0);
      await terminal.type(KEYS.controlC);
      assertEquals(await terminal.exitCode(), 130);
    }
  },
});

Deno.test({
  name: "interactive client: Ctrl-C ends the search",
  ignore,
  async fn() {
    await using scene = await FindScene.make();
    await using terminal = scene.interact();
    await terminal.shows("Looking for servers …");
    await terminal.type(KEYS.controlC);
    assertEquals(await terminal.exitCode(), 130);
    await terminal.shows("terminal-restored");
  },
});

Deno.test({
  name: "tcp-chat on a pipe: does not look for servers",
  ignore: !hasNamespaces(),
  async fn() {
    await using scene = await FindScene.make();
    await using server = await scene.serve("--announce");
    const command = scene.network.inside(programCommand("client"));
    const env = { XDG_STATE_HOME: scene.folder.path, TCP_CHAT_NO_FIND: "0" };
    const input = `127.0.0.1:${server.port}\nquit\n`;
    const { code, stdout } = await run(command, [], { env, input });
    assertEquals([code, stdout.includes("Looking")], [0, false]);
  },
});
