/** What a person in a terminal meets when the server of a cluster dies: three real servers, one killed. */
import { assert, assertEquals } from "@std/assert";
import { ClusterPrograms } from "../helpers/cluster_programs.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { hasTerminal, Terminal } from "../helpers/terminal.ts";

const ignore = NEEDS_NATS.ignore || !hasTerminal();

/** The port that a line of the client tells. */
function portIn(terminal: Terminal, before: string): number {
  const line = terminal.lines.findLast((each) => each.startsWith(before)) ?? "";
  return Number(/127\.0\.0\.1:(\d+)\./.exec(line)?.[1]);
}

Deno.test({
  name:
    "interactive client: names the server reached, and the one that it moves to, also as a guest",
  ignore,
  async fn() {
    await using nats = await NatsCluster.start(1);
    await using servers = new ClusterPrograms(nats.urls);
    await servers.startAll(3);
    const ports = servers.programs.map((program) => program!.port);
    for (const [language, to, lost, again, nickIs] of TEXTS) {
      const address = ports.map((port) => `127.0.0.1:${port}`).join(",");
      await using terminal = new Terminal("client", [address, "--lang", language]);
      await terminal.endsWith("[lobby] >");
      await terminal.shows(new RegExp(`^${to} 127\\.0\\.0\\.1:\\d+\\. `));
      const first = portIn(terminal, to);
      const at = await servers.kill(first);
      await terminal.shows(new RegExp(`\\. ${lost}`));
      await terminal.shows(new RegExp(`^${again} 127\\.0\\.0\\.1:\\d+\\.$`));
      assert(portIn(terminal, again) !== first && ports.includes(portIn(terminal, again)));
      await terminal.shows(new RegExp(`^${nickIs} guest-\\d+$`));
      await terminal.enter("chat I am here");
      const nick = terminal.lines.findLast((line) => line.startsWith(`${nickIs} guest-`))!;
      await terminal.shows(new RegExp(` ${nick.slice(nickIs.length + 1)}: I am here$`));
      await terminal.enter("/quit");
      assertEquals(await terminal.exitCode(), 0);
      ports[at] = (await servers.start(at)).port;
    }
  },
});

Deno.test({
  name:
    "interactive client: leaves a server that freezes after some seconds, and goes on at another one",
  ignore,
  async fn() {
    await using nats = await NatsCluster.start(1);
    await using servers = new ClusterPrograms(nats.urls);
    await servers.startAll(2);
    const [first, second] = servers.programs.map((program) => program!.port);
    await using terminal = new Terminal("client", [`127.0.0.1:${first}`, "--nick", "ana"]);
    await terminal.endsWith("[lobby] >");
    servers.on(first!).kill("SIGSTOP");
    const frozenMs = performance.now();
    await terminal.enter("chat still here");
    await terminal.shows(/^The server did not answer in time\./);
    await terminal.shows(`Connected again, now to 127.0.0.1:${second}.`);
    await terminal.shows(/ ana: still here$/);
    const waitedMs = performance.now() - frozenMs;
    assert(waitedMs < 15_000, `${waitedMs} ms`);
    await terminal.enter("quit");
    assertEquals(await terminal.exitCode(), 0);
  },
});

/** The language, and how its lines begin. */
const TEXTS = [
  [
    "en",
    "Connected to",
    "Reconnecting, here or at another server; ",
    "Connected again, now to",
    "You are now",
  ],
  [
    "pt-BR",
    "Conectado a",
    "Reconectando, aqui ou em outro servidor; ",
    "Conectado de novo, agora a",
    "Você agora é",
  ],
] as const;
