import { assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { dataFrames, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { underWay } from "../helpers/under_way.ts";

const CONTENT = patternedBytes(3_000_000);
/** Far larger than the socket buffers, even compressed: each byte has four random bits. */
const BIG = patternedBytes(64 * 1024 * 1024).map((byte) => byte & 0x0f);

/** Transfers that a peer begins before it vanishes; `path` is that of its upload. */
const TRANSFERS: Record<string, (peer: Protocol2Peer, path: string) => Promise<unknown>> = {
  "after the beginning of a download": async (peer) => {
    await peer.ask("FGET", { path: "big.bin" });
    await peer.expect("FMET");
  },
  "in the middle of a download": async (peer) => {
    await peer.ask("FGET", { path: "big.bin", zstd: true });
    for (let i = 0; i < 3; i++) await peer.read();
  },
  "with queued downloads": async (peer) => {
    const ids = Array.from({ length: 40 }, () => peer.newId());
    await peer.raw.send(...ids.map((id) => jsonFrame("FGET", { id, path: "big.bin" })));
    await peer.expect("FMET");
  },
  "before the data of an upload": async (peer, path) => {
    await peer.ask("FPUT", { path, size: CONTENT.length });
    await peer.expect("REDY");
  },
  "in the middle of an upload": async (peer, path) => {
    await peer.ask("FPUT", { path, size: CONTENT.length });
    await peer.expect("REDY");
    await peer.raw.send(...dataFrames(CONTENT.subarray(0, CONTENT.length / 2)));
  },
  "in the middle of a data frame": async (peer, path) => {
    await peer.ask("FPUT", { path, size: CONTENT.length });
    await peer.raw.send(rawFrame("FDAT", "the beginning", 500_000n));
  },
  "before FEND of an upload": async (peer, path) => {
    await peer.ask("FPUT", { path, size: CONTENT.length });
    await peer.raw.send(...dataFrames(CONTENT));
  },
  "with queued uploads": async (peer) => {
    for (let i = 0; i < 40; i++) {
      await peer.ask("FPUT", { path: `${i}.bin`, size: 1, replace: true });
    }
    await peer.expect("REDY");
  },
  "with transfers both ways": async (peer, path) => {
    await peer.ask("FGET", { path: "big.bin" });
    await peer.ask("FPUT", { path, size: CONTENT.length });
    await peer.raw.send(...dataFrames(CONTENT.subarray(0, 1_000_000)));
  },
};

for (const [where, setting] of Object.entries(SETTINGS)) {
  Deno.test(`vanishing peer: the server leaves nothing of unfinished transfers, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    const { server } = abused;
    server.root.write("big.bin", BIG);
    for (const [what, begin] of Object.entries(TRANSFERS)) {
      using peer = await abused.connectAndLogIn();
      await begin(peer, `${what}.bin`);
    }
    await abused.assertServesOn();
    await abused.assertNothingLeft();
    assertEquals(server.root.list(), ["big.bin", "still-here.bin"]);
    assertEquals(server.eventsOf("upload").length, 1);
    assertEquals(server.eventsOf("download").length, 1);
  });

  Deno.test(`vanishing data connection: the server keeps the control connection, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    abused.server.root.write("big.bin", BIG);
    using main = await abused.connectAndLogIn();
    await Promise.all(
      Object.entries(TRANSFERS).map(async ([what, begin]) => {
        using data = await abused.greet({ attach: main.session });
        await begin(data, `${what}.bin`);
      }),
    );
    await main.put("mine.txt", "mine");
    await main.quit();
    await abused.assertServesOn();
    await abused.assertNothingLeft();
    const files = ["big.bin", "mine.txt", "still-here.bin"];
    assertEquals(abused.server.root.list(), files);
  });
}

Deno.test("vanishing peer: the server resumes its upload with a key later", async () => {
  await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
  const fields = { path: "a.bin", size: CONTENT.length, key: "key" };
  {
    using peer = await abused.connectAndLogIn();
    await peer.ask("FPUT", fields);
    await peer.expect("REDY");
    await peer.raw.send(...dataFrames(CONTENT.subarray(0, CONTENT.length / 2)));
    await peer.assertLives();
  }
  await abused.server.waitFor("disconnected");
  assertEquals(abused.server.root.list().map((name) => name.split("/")[0]), [".tcp-chat"]);
  using peer = await abused.connectAndLogIn();
  const { path, size } = await peer.put("a.bin", CONTENT, { key: "key" });
  assertEquals([path, size], ["a.bin", CONTENT.length]);
  assertEquals(underWay(abused.server), []);
  await peer.quit();
  await abused.assertNothingLeft();
});
