import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { dataFrames, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(100_000);
const unfinishedBytes = ({ server }: TestServer) => server.gauges(0).unfinishedBytes;

/** Begins an upload, and cancels it when the server has some of it. */
async function breakOff(server: TestServer, path: string, cancel = {}): Promise<void> {
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", { path, size: 200_000, key: "k" });
  await peer.expect("REDY");
  await peer.raw.send(...dataFrames(CONTENT));
  const sizes = () =>
    server.root.list(".tcp-chat").map((name) =>
      Deno.statSync(server.root.join(".tcp-chat", name)).size
    );
  await until(() => sizes().every((size) => size === CONTENT.length), "the data");
  await peer.send("FCAN", { id, ...cancel });
  assertEquals(await peer.fail(id), "cancelled");
}

Deno.test("FCAN: keeps the part of an upload, or with discard removes it", async () => {
  await using server = await startServer({ uploads: true });
  await breakOff(server, "a", { discard: false });
  await until(() => unfinishedBytes(server) > 0, "the part to be counted");
  assertEquals(server.root.list(".tcp-chat").length, 1);
  await breakOff(server, "a", { discard: true });
  assertEquals(server.root.list(), []);
  await until(() => unfinishedBytes(server) === 0, "the part to be forgotten");
});

Deno.test("server: drops the oldest unfinished uploads beyond maxUnfinishedBytes", async () => {
  for (
    const [maxUnfinishedBytes, left] of [[CONTENT.length, 1], [CONTENT.length - 1, 0]] as const
  ) {
    await using server = await startServer({ uploads: true, maxUnfinishedBytes });
    for (const path of ["a", "b", "c"]) {
      await breakOff(server, path);
      await until(() => server.root.list(".tcp-chat").length === left, "the older part to go");
    }
    await until(() => unfinishedBytes(server) === left * CONTENT.length, "the gauge");
  }
});

Deno.test("Client.upload: leaves nothing on the server of a file that changes meanwhile", async () => {
  await using server = await startServer({ uploads: true });
  await using peer = await TestClient.connect(server.port, { protocol: 2 });
  using folder = new TempDir();
  const path = folder.write("a.bin", patternedBytes(8 * 1024 * 1024));
  const error = await assertRejects(
    () =>
      peer.client.upload(path, {
        onProgress: () => Deno.writeTextFileSync(path, "x", { append: true }),
      }),
    RequestError,
  );
  assertEquals(error.code, "changed");
  await until(() => server.root.list().length === 0, "the part to be removed");
});

Deno.test("Client.download: leaves nothing of a file that changes on the server meanwhile", async () => {
  await using server = await startServer({}, { "a.bin": patternedBytes(8 * 1024 * 1024) });
  await using peer = await TestClient.connect(server.port, { protocol: 2 });
  using folder = new TempDir();
  const change = () => server.root.write("a.bin", patternedBytes(9 * 1024 * 1024, 2));
  const target = { directory: folder.path, name: "a.bin", onProgress: change };
  const error = await assertRejects(() => peer.client.download("a.bin", target), RequestError);
  assertEquals(error.code, "changed");
  assertEquals(folder.list(), []);
});
