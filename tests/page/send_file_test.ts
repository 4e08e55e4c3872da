/// <reference lib="dom" />
import { assertEquals, assertRejects } from "@std/assert";
import { openFileLink } from "../../lib/page/transfer/link.ts";
import { sendFile } from "../../lib/page/transfer/send_file.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { tcpConnector } from "../../lib/stream/tcp.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { HashWorkers } from "../helpers/hash_workers.ts";
import { startLinkServer } from "../helpers/links.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

Deno.test("sendFile: by a link, takes its own file for sent whose answer was lost, and asks about any other", async () => {
  const contents = { small: "s", large: "l".repeat(100_000) };
  await using fixture = await startLinkServer({ "inbox/old": "old" });
  using peer = await fixture.receiver(await fixture.share("inbox", { kind: "put" }));
  await using sending = await startSending(fixture.server, peer);
  const { send } = sending;
  for (const [name, content] of Object.entries(contents)) {
    await send(`inbox/${name}`, content);
    assertEquals((await send(`inbox/${name}`, content)).sha256, sha256Of(content));
    await assertRejects(
      () => send(`inbox/${name}`, `${content}!`),
      RequestError,
      "is there already",
    );
  }
  await assertRejects(() => send("inbox/old", "old"), RequestError, "is there already");
  assertEquals(fixture.server.root.list("inbox"), ["large", "old", "small"]);
});

Deno.test("sendFile: tells the room of a file that is there already, and of none in its way", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await using sending = await startSending(server, peer);
  for (const content of ["s", "s"]) await sending.send("a", content, "lobby");
  await assertRejects(() => sending.send("a", "t", "lobby"), RequestError, "exists already");
  const { messages } = await peer.request("HIST", { room: "lobby" });
  assertEquals((messages as { path: string }[]).map(({ path }) => path), ["a", "a"]);
});

/** Sends files as the page of a client does. */
async function startSending({ port }: TestServer, { session }: Protocol2Peer) {
  const workers = new HashWorkers();
  const link = await openFileLink({
    open: () => tcpConnector.connect({ hostname: "127.0.0.1", port }, { timeoutMs: 5_000 }),
    startHashWorker: () => workers.start(),
  }, { session, origin: "" });
  return {
    async send(path: string, content: string, room: string | null = null) {
      const file = new File([content], path);
      const identity = content.length > 64 * 1024 ? path : null;
      const job = { kind: "upload", file, path, identity, replace: false, room } as const;
      const { signal } = new AbortController();
      return await sendFile(link, job, { signal, onProgress: () => {} });
    },
    async [Symbol.asyncDispose]() {
      link.connection.close();
      await link.connection.closed;
    },
  };
}
