import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { encodeFrame } from "../../lib/protocol/frames.ts";
import { connectTls } from "../../lib/stream/tls/connect.ts";
import { probeCertificate } from "../../lib/stream/tls/probe.ts";
import { startBareTerminal } from "../helpers/bare_terminal.ts";
import { certificateFiles, issue } from "../helpers/certificates.ts";
import { TestClient } from "../helpers/clients.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { ServerProgram } from "../helpers/program.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { hasTerminal } from "../helpers/terminal.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const SIZE = 64 * 1024 * 1024;
/** On Windows, a signal ends a program without notice. */
const ignore = Deno.build.os === "windows";

/** A running server with a large file. */
async function setUp(args: string[] = []) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(new TempDir());
  const folders = { root: folder.join("root"), data: folder.join("data") };
  const server = stack.use(await ServerProgram.start(folders, args));
  writeZeros(folder.join("root", "large.bin"), SIZE);
  return { server, folder, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** A peer that is sent the large file. Until it reads the rest, a stop is delayed. */
async function beginDownload({ port }: ServerProgram): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  await peer.sendFrame("FILE", "large.bin");
  await peer.expect("FHSH");
  return peer;
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `tcp-chat-server: exits with 0 on ${signal}, and notifies the clients`,
    ignore,
    async fn() {
      await using fixture = await setUp();
      await using client = await TestClient.connect(fixture.server.port);
      await fixture.server.stdout.waitFor("client 1 connected");
      fixture.server.kill(signal);
      await client.closed();
      assertEquals(client.heard, ["[SERVER]: The server is shutting down"]);
      assertEquals(await fixture.server.exitCode(), 0);
      assertStringIncludes(fixture.server.stdout.text, "stopping; running transfers have 10 s");
    },
  });
}

Deno.test({
  name: "tcp-chat-server: completes a running transfer after SIGTERM",
  ignore,
  async fn() {
    await using fixture = await setUp();
    using peer = await beginDownload(fixture.server);
    fixture.server.kill("SIGTERM");
    await fixture.server.stdout.waitFor("stopping");
    let bytes = 0;
    for (const { type, payload } of await peer.readToEnd()) {
      if (type === "FDAT") bytes += payload.length;
    }
    peer.close();
    assertEquals(bytes, SIZE);
    assertEquals(await fixture.server.exitCode(), 0);
  },
});

Deno.test({
  name: "tcp-chat-server: takes a SIGTERM to it and to its group as one",
  ignore,
  async fn() {
    await using fixture = await setUp();
    using peer = await beginDownload(fixture.server);
    fixture.server.kill("SIGTERM");
    fixture.server.kill("SIGTERM");
    await fixture.server.stdout.waitFor("stopping");
    fixture.server.kill("SIGTERM");
    await peer.readToEnd();
    assertEquals(await fixture.server.exitCode(), 0);
  },
});

Deno.test({
  name: "tcp-chat-server: exits with 130 on a second signal, without completing transfers",
  ignore,
  async fn() {
    await using fixture = await setUp();
    using _peer = await beginDownload(fixture.server);
    fixture.server.kill("SIGTERM");
    await fixture.server.stdout.waitFor("stopping");
    fixture.server.kill("SIGINT");
    assertEquals(await fixture.server.exitCode(), 130);
  },
});

Deno.test({
  name: "tcp-chat-server --no-console: exits with 0 on SIGTERM",
  ignore,
  async fn() {
    await using fixture = await setUp(["--no-console", "--json", "--max-clients", "100"]);
    fixture.server.kill("SIGTERM");
    assertEquals(await fixture.server.exitCode(), 0);
    const events = fixture.server.stdout.lines.map((line) => JSON.parse(line).event);
    assertEquals(events, ["listening", "stopped"]);
  },
});

for (const args of [["--no-console"], []]) {
  Deno.test({
    name: `tcp-chat-server ${args.join(" ")}: reads the rules again on SIGHUP, without a terminal`,
    ignore,
    async fn() {
      await using fixture = await setUp(args);
      fixture.folder.write("data/rules", "large.bin none *\n");
      fixture.server.kill("SIGHUP");
      await fixture.server.stdout.waitFor("the rules were read again");
      fixture.server.kill("SIGTERM");
      assertEquals(await fixture.server.exitCode(), 0);
    },
  });
}

Deno.test({
  name:
    "tcp-chat-server --tls-cert: presents a new certificate after SIGHUP, and keeps it when a file is broken",
  ignore,
  async fn() {
    using folder = new TempDir();
    const files = certificateFiles(folder);
    const [old, renewed] = [await issue(), await issue()];
    files.write(old);
    const folders = { root: folder.join("root"), data: folder.join("data") };
    await using server = await ServerProgram.start(folders, ["--no-console", ...files.args]);
    const endpoint = { hostname: "127.0.0.1", port: server.port };
    const shown = async () => {
      return (await probeCertificate(endpoint, { timeoutMs: DEADLINE_MS })).fingerprint;
    };
    assertEquals(await shown(), old.fingerprint);
    const trust = { pin: { fingerprint: old.fingerprint, certificate: null }, accept: () => false };
    const before = await connectTls(endpoint, trust, { timeoutMs: DEADLINE_MS });

    files.write(renewed);
    assertEquals(await shown(), old.fingerprint);
    server.kill("SIGHUP");
    while (await shown() !== renewed.fingerprint);

    folder.write("cert.pem", "broken");
    server.kill("SIGHUP");
    await server.stdout.waitFor(/cert\.pem for TLS/);
    assertEquals(await shown(), renewed.fingerprint);
    // The connection from before goes on
    const { socket } = before;
    await socket.write(encodeFrame("FILE", "missing"));
    assertNotEquals(await socket.read(new Uint8Array(100)), null);
    socket.close();
    server.kill("SIGTERM");
    assertEquals(await server.exitCode(), 0);
  },
});

Deno.test({
  name: "tcp-chat-server: completes a running transfer when its terminal is closed",
  ignore: !hasTerminal(),
  async fn() {
    using folder = new TempDir();
    const folders = ["-r", folder.join("root"), "--data", folder.join("data")];
    const { process: terminal, output, port } = await startBareTerminal(folders, {
      replacesShell: true,
    });
    writeZeros(folder.join("root", "large.bin"), SIZE);
    using peer = await RawPeer.connect(port);
    await peer.sendFrame("FILE", "large.bin");
    await peer.expect("FHSH");
    terminal.kill("SIGKILL"); // Closes the terminal
    const data = (await peer.readToEnd()).filter(({ type }) => type === "FDAT");
    assertEquals(data.reduce((sum, { payload }) => sum + payload.length, 0), SIZE);
    await terminal.stdin.close().catch(() => {}); // Not read any more
    await output.cancel();
    await terminal.status;
  },
});
