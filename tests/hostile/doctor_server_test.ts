/** Servers that mean harm to a client that only asks what is wrong with them. */
import { assert, assertEquals } from "@std/assert";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { SERVER_HELLO } from "../helpers/protocol2_scripted_server.ts";
import { run } from "../helpers/program.ts";
import { rawFrame, type RawPeer } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Runs `tcp-chat doctor` against a server. Whatever that does, the checks end in time. */
async function doctorAgainst(script: (peer: RawPeer) => Promise<void>, ...args: string[]) {
  using temp = new TempDir();
  await using server = new ScriptedServer(script);
  const env = { XDG_CONFIG_HOME: temp.join("config"), XDG_STATE_HOME: temp.join("state") };
  const startedMs = performance.now();
  const address = `127.0.0.1:${server.port}`;
  const result = await run("client", ["doctor", address, ...args], { cwd: temp.path, env });
  assert(performance.now() - startedMs < 12_000, "the checks take ten seconds at the most");
  assertEquals(temp.list(), []);
  return result;
}

/** Says HELO with these members in place of good ones, then runs the rest of the script. */
const greeting =
  (members: object, then: (peer: RawPeer) => Promise<void>) => async (peer: RawPeer) => {
    await peer.readFrame();
    await peer.sendFrame("HELO", JSON.stringify({ ...SERVER_HELLO, ...members }));
    await then(peer);
  };

Deno.test("tcp-chat doctor: shows a long and harmful HELO cut and cleaned", async () => {
  const features = Array.from({ length: 2_000 }, (_, i) => `\x1b[31mfeature-${i}\n`);
  const script = greeting(
    { agent: "x\x1b]0;evil\x07\nok    TLS", features },
    (peer) => peer.ended(),
  );
  const { code, stdout } = await doctorAgainst(script);
  assertEquals(code, 3);
  // deno-lint-ignore no-control-regex -- they must not be there
  assert(!/[\x00-\x09\x0b-\x1f]/.test(stdout), JSON.stringify(stdout));
  const lines = stdout.trim().split("\n");
  assertEquals(lines.filter((line) => line.startsWith("ok    server")).length, 1);
  assertEquals(lines.filter((line) => line.includes("TLS") && line.startsWith("ok")).length, 2);
  assert(lines.every((line) => line.length < 700));
});

Deno.test("tcp-chat doctor: ends in time with a server that answers nothing, half a frame, or without end", async () => {
  const half = rawFrame("PONG", '{"id":1}').slice(0, 15);
  const event = rawFrame("EVNT", '{"event":"something"}');
  const endless = async (peer: RawPeer) => {
    for (;;) await peer.send(event);
  };
  const scripts = [
    (peer: RawPeer) => peer.ended(),
    async (peer: RawPeer) => {
      await peer.send(half);
      await peer.ended();
    },
    endless,
  ];
  for (const script of scripts) {
    const { code, stdout, stderr } = await doctorAgainst(greeting({}, script), "--json");
    assertEquals([code, stderr], [3, ""], stdout);
  }
});
