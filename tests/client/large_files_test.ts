import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { connect } from "../../mod.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";
import { dataFrames, jsonFrame } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  headOf,
  nextRequest,
  Protocol2ScriptedServer,
} from "../helpers/protocol2_scripted_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Large enough for a thread that hashes. */
const LARGE = patternedBytes(32 * 1024 * 1024);
const SHA256 = sha256Of(LARGE);

Deno.test("Client: a large file arrives as it was sent, both ways", async () => {
  await using fixture = await LibraryFixture.start();
  const { client, root, folder } = fixture;
  folder.write("up.bin", LARGE);
  const uploaded = await client.upload(folder.join("up.bin"), { path: "up.bin" });
  assertEquals([uploaded.sha256, await sha256OfFile(root.join("up.bin"))], [SHA256, SHA256]);
  const options = { directory: folder.path, name: "down.bin" };
  const downloaded = await client.download("up.bin", options);
  assertEquals(downloaded.sha256, SHA256);
  assertEquals(await sha256OfFile(downloaded.file), SHA256);
});

Deno.test("Client: a large file gets its name though the connection ends behind it", async () => {
  await using server = new Protocol2ScriptedServer({
    data: async (peer) => {
      const request = await nextRequest(peer, "FGET");
      await peer.raw.send(...goodFile(LARGE, request));
    },
  });
  using folder = new TempDir();
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  const result = await client.download("a.bin", { directory: folder.path, name: "a.bin" });
  assertEquals([result.sha256, await sha256OfFile(folder.join("a.bin"))], [SHA256, SHA256]);
  assertEquals(folder.list(), ["a.bin"]);
});

Deno.test("Client: a large file with one wrong byte fails, and leaves nothing", async () => {
  const wrong = LARGE.slice();
  wrong[20_000_000]! ^= 1;
  await using server = new Protocol2ScriptedServer({
    data: async (peer) => {
      const request = await nextRequest(peer, "FGET");
      const head = jsonFrame("FMET", headOf(wrong, request));
      const end = jsonFrame("FEND", { id: request.id, sha256: SHA256 });
      await peer.raw.send(head, ...dataFrames(wrong), end);
      await peer.raw.ended();
    },
  });
  using folder = new TempDir();
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  const download = client.download("a.bin", { directory: folder.path, name: "a.bin" });
  assertEquals((await assertRejects(() => download, RequestError)).code, "integrity");
  assertEquals(folder.list(), []);
});

async function sha256OfFile(path: string): Promise<string> {
  const content = await Deno.readFile(path);
  assert(content.length === LARGE.length);
  return sha256Of(content);
}
