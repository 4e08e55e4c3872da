import { assertEquals, assertRejects } from "@std/assert";
import { LastingServer, type StartServer } from "../../lib/cli/server/lasting_server.ts";
import { completeConsoleLine, runConsoleLine } from "../../lib/cli/server/server_console.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { HealReason } from "../../lib/protocol/cluster_state.ts";
import type { ServerEvent } from "../../lib/server/config/events.ts";
import { serve } from "../../lib/server/serve.ts";
import { within } from "../helpers/deadline.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A lasting server of a folder of its own. Disposal stops it. */
class Scene implements AsyncDisposable {
  readonly events: ServerEvent[] = [];
  /** Tells that a start would heal the server of the last start. */
  heal: (reason: HealReason) => void = () => {};
  /** How often a start was tried. */
  starts = 0;
  /** What a start waits for. */
  beforeStart: Promise<void> = Promise.resolve();
  /** Whether the next start waits for ever, as one does without NATS. */
  isWaiting = false;
  readonly #root = new TempDir();
  #lasting: LastingServer | null = null;

  static async start(periodMs = 0): Promise<Scene> {
    const scene = new Scene();
    const open: StartServer = async ({ onHealable, ...more }) => {
      scene.starts++;
      if (scene.isWaiting) return await new Promise(() => {});
      await scene.beforeStart;
      scene.heal = (reason) => onHealable?.(reason);
      return await serve({
        hostname: "127.0.0.1",
        port: 0,
        root: scene.#root.path,
        onEvent: (event) => scene.events.push(event),
        ...more,
      });
    };
    const log = (event: ServerEvent) => void scene.events.push(event);
    const options = { log, locale: makeLocale("en"), cluster: "test", periodMs };
    scene.#lasting = await LastingServer.start(open, options);
    return scene;
  }

  get lasting(): LastingServer {
    return this.#lasting!;
  }

  get names(): string[] {
    return this.events.map((event) => event.event === "cluster" ? event.state : event.event)
      .filter((name) => !["connected", "hello", "disconnected"].includes(name));
  }

  async untilStarted(times: number): Promise<void> {
    const count = () => this.names.filter((name) => name === "listening").length;
    await until(() => count() === times && this.lasting.current !== null, "another start");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lasting.stop();
    this.#root[Symbol.dispose]();
  }
}

Deno.test("LastingServer: starts again on the same port, and tells its clients to go on elsewhere", async () => {
  await using scene = await Scene.start();
  const { port } = scene.lasting.current!;
  using peer = await Protocol2Peer.connect(port);
  scene.heal("behind");
  scene.heal("behind"); // It is told again and again
  assertEquals(scene.lasting.current, null);
  const notice = await peer.event(({ event }) => event === "notice");
  assertEquals(
    notice.text,
    "This server restarts to be in step with the others: go on at another one",
  );
  await peer.event(({ event }) => event === "shutdown");
  await scene.untilStarted(2);
  assertEquals(scene.lasting.current?.port, port);
  using _again = await Protocol2Peer.connect(port);
  assertEquals(scene.names, ["listening", "restarting", "stopped", "listening"]);
  scene.heal("diverged");
  await scene.untilStarted(3);
});

Deno.test("LastingServer: restarts once a minute at the most", async () => {
  await using scene = await Scene.start(60_000);
  scene.heal("log-back");
  await scene.untilStarted(2);
  scene.heal("log-back");
  assertEquals(scene.lasting.current !== null, true);
  assertEquals(scene.names, ["listening", "restarting", "stopped", "listening"]);
});

Deno.test("LastingServer: tells that another program has taken its port, and tries again until it is free", async () => {
  await using scene = await Scene.start(20);
  const { port } = scene.lasting.current!;
  const held = Promise.withResolvers<void>();
  scene.beforeStart = held.promise;
  scene.heal("diverged");
  await until(() => scene.starts === 2, "the start");
  {
    using _other = Deno.listen({ hostname: "127.0.0.1", port });
    held.resolve();
    await until(() => scene.starts === 4, "further starts");
    assertEquals(scene.lasting.current, null);
  }
  await scene.untilStarted(2);
  assertEquals(scene.lasting.current?.port, port);
  const [error] = scene.events.filter((event) => event.event === "error");
  assertEquals(
    error?.message,
    `Cannot listen on 127.0.0.1:${port}: the port is in use; this server stays closed, and tries again in 0 s`,
  );
});

Deno.test("LastingServer.stop: ends a server that starts again", async () => {
  await using scene = await Scene.start();
  scene.heal("diverged");
  await scene.lasting.stop();
  scene.heal("diverged");
  assertEquals(scene.names, ["listening", "restarting", "stopped"]);
});

Deno.test("LastingServer.stop: does not wait for a start that waits for the cluster", async () => {
  await using scene = await Scene.start();
  scene.isWaiting = true;
  scene.heal("behind");
  await until(() => scene.names.includes("stopped"), "the stop");
  await within(scene.lasting.stop(), "the end");
  assertEquals(scene.lasting.current, null);
});

Deno.test("LastingServer.stop: stops a server whose start it has not waited for", async () => {
  await using scene = await Scene.start();
  const held = Promise.withResolvers<void>();
  scene.beforeStart = held.promise;
  scene.heal("behind");
  await until(() => scene.starts === 2, "the start");
  await within(scene.lasting.stop(), "the end");
  held.resolve();
  await until(
    () => scene.names.filter((name) => name === "stopped").length === 2,
    "the second stop",
  );
  assertEquals(scene.names, ["listening", "restarting", "stopped", "listening", "stopped"]);
});

Deno.test("LastingServer.start: fails as the first start does", async () => {
  const log = () => {};
  const start = () => Promise.reject(new Error("no"));
  const options = { log, locale: makeLocale("en"), cluster: "" };
  await assertRejects(() => LastingServer.start(start, options), Error, "no");
});

Deno.test("runConsoleLine: stops a server that starts again, and tells of that in place of all else", async () => {
  const [en, pt] = [makeLocale("en"), makeLocale("pt-BR")];
  const again = ["the server starts again: try later"];
  for (const line of ["/who", "/ban ana", "hello"]) {
    assertEquals(await runConsoleLine(null, line, en), { lines: again });
  }
  const lines = ["o servidor está reiniciando: tente mais tarde"];
  assertEquals(await runConsoleLine(null, "/stats", pt), { lines });
  for (const line of ["quit", "/quit"]) {
    assertEquals(await runConsoleLine(null, line, en), { lines: [], stop: true });
  }
  assertEquals(completeConsoleLine(null, "/kick "), [[], ""]);
});
