import { assert, assertEquals } from "@std/assert";
import { startBareTerminal } from "../helpers/bare_terminal.ts";
import { TestClient } from "../helpers/clients.ts";
import { within } from "../helpers/deadline.ts";
import { freePort } from "../helpers/free_port.ts";
import { programCommand } from "../helpers/program.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { ServerProcess } from "../helpers/server_process.ts";
import { hasTerminal } from "../helpers/terminal.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const ignore = Deno.build.os === "windows";
const MESSAGES = 800;
const TEXT = "x".repeat(4_000); // In all more than the pipe and the queue of the log hold
const FAST_CHAT = ["--chat-rate", "0"];

function folders(folder: TempDir) {
  return { root: folder.join("root"), data: folder.join("data") };
}

/** Lets one client send all messages; resolves once another one has received them. */
async function flood(port: number): Promise<void> {
  const received = Promise.withResolvers<void>();
  let count = 0;
  await using _hearer = await TestClient.connect(port, {
    onChat: () => {
      if (++count === MESSAGES) received.resolve();
    },
  });
  await using talker = await TestClient.connect(port, { protocol: 2 }); // Waits for each answer
  for (let sent = 0; sent < MESSAGES; sent++) await talker.client.chat.say(`${sent} ${TEXT}`);
  await within(received.promise, "all messages");
}

Deno.test({
  name: "server log: a pipe that nothing reads stops neither chat nor stop, and lines are counted",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await ServerProcess.start(folders(folder), ["--json", ...FAST_CHAT]);
    await flood(server.port);
    const lines: string[] = [];
    let rest = "";
    while (!lines.some((line) => line.includes('"dropped"'))) {
      const { value = "" } = await within(server.output.read(), "the event dropped");
      lines.push(...(rest + value).split("\n"));
      rest = lines.pop()!;
    }
    server.process.kill("SIGTERM");
    lines.push(...(rest + await server.readToEnd()).trimEnd().split("\n"));
    assertEquals(await server.exitCode(), 0);
    const events = lines.map((line) => JSON.parse(line));
    const written = events.filter(({ event }) => event === "chat").length;
    const dropped = events.filter(({ event }) => event === "dropped");
    const missing = dropped.reduce((sum, { lines }) => sum + lines, 0);
    assert(written > 100 && written < MESSAGES, `${written} messages in the log`);
    // Beside the messages: two clients that connect and leave
    const others = events.filter(({ event }) => /connected$/.test(event)).length;
    assertEquals(written + missing + others, MESSAGES + 4);
  },
});

Deno.test({
  name: "server log: a pipe that nothing reads does not delay the exit by more than a second",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await ServerProcess.start(folders(folder), FAST_CHAT);
    await flood(server.port);
    server.process.kill("SIGTERM");
    assertEquals(await server.exitCode(), 0);
  },
});

Deno.test({
  name: "server log: a reader that is gone stops neither chat nor a transfer after SIGTERM",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await ServerProcess.start(folders(folder), FAST_CHAT);
    await server.output.cancel();
    await flood(server.port);
    await completesTransfer(folder, server.port, () => server.process.kill("SIGTERM"));
    assertEquals(await server.exitCode(), 0);
  },
});

/** A transfer that runs when the server is asked to stop is completed. */
async function completesTransfer(folder: TempDir, port: number, stop: () => void): Promise<void> {
  const size = 32 * 1024 * 1024;
  writeZeros(folder.join("root/large.bin"), size);
  using peer = await RawPeer.connect(port);
  await peer.sendFrame("FILE", "large.bin");
  await peer.expect("FHSH");
  stop();
  const data = (await peer.readToEnd()).filter(({ type }) => type === "FDAT");
  assertEquals(data.reduce((sum, { payload }) => sum + payload.length, 0), size);
}

Deno.test({
  name: "server log: a full disk stops neither chat nor a transfer after SIGTERM",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = new TempDir();
    const port = freePort();
    const { root, data } = folders(folder);
    const args = ["-H", "127.0.0.1", "-p", String(port), "-r", root, "--data", data, ...FAST_CHAT];
    const child = new Deno.Command("sh", {
      args: ["-c", 'exec "$0" "$@" > /dev/full 2>&1', ...programCommand("server"), ...args],
      stdin: "null",
    }).spawn();
    try {
      await within(untilListening(port), "the server");
      await flood(port);
      await completesTransfer(folder, port, () => child.kill("SIGTERM"));
      assertEquals((await within(child.status, "the end of the server")).code, 0);
    } finally {
      killIfRunning(child);
      await child.status;
    }
  },
});

/** The server has no output to tell that it listens. */
async function untilListening(port: number): Promise<void> {
  for (;;) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
  }
}

function killIfRunning(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has exited
  }
}

Deno.test({
  name: "server console: a terminal that takes nothing does not stop the chat",
  ignore: !hasTerminal(),
  async fn() {
    using folder = new TempDir();
    const { root, data } = folders(folder);
    const args = ["-r", root, "--data", data, ...FAST_CHAT];
    const { process: terminal, output, port } = await startBareTerminal(args);
    try {
      await flood(port);
    } finally {
      killIfRunning(terminal);
      await output.cancel();
      await terminal.stdin.close().catch(() => {}); // Not read any more
      await terminal.status;
    }
  },
});
