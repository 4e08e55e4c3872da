/// <reference lib="dom" />
import { assertEquals, assertRejects } from "@std/assert";
import { openFileLink } from "../../lib/page/transfer/link.ts";
import { sendFile } from "../../lib/page/transfer/send_file.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { tcpConnector } from "../../lib/stream/tcp.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { HashWorkers } from "../helpers/hash_workers.ts";
import { startLinkServer } from "../helpers/links.ts";

Deno.test("sendFile: by a link, takes its own file for sent whose answer was lost, and asks about any other", async () => {
  const contents = { small: "s", large: "l".repeat(100_000) };
  await using fixture = await startLinkServer({ "inbox/old": "old" });
  using peer = await fixture.receiver(await fixture.share("inbox", { kind: "put" }));
  const endpoint = { hostname: "127.0.0.1", port: fixture.server.port };
  const workers = new HashWorkers();
  const link = await openFileLink({
    open: () => tcpConnector.connect(endpoint, { timeoutMs: 5_000 }),
    startHashWorker: () => workers.start(),
  }, { session: peer.session, origin: "" });
  const send = async (name: string, content: string) => {
    const file = new File([content], name);
    const identity = content.length > 64 * 1024 ? name : null;
    const job = { file, path: `inbox/${name}`, identity, replace: false, room: null };
    const { signal } = new AbortController();
    return await sendFile(link, { kind: "upload", ...job }, { signal, onProgress: () => {} });
  };
  for (const [name, content] of Object.entries(contents)) {
    await send(name, content);
    assertEquals((await send(name, content)).sha256, sha256Of(content));
    await assertRejects(() => send(name, `${content}!`), RequestError, "is there already");
  }
  await assertRejects(() => send("old", "old"), RequestError, "is there already");
  assertEquals(fixture.server.root.list("inbox"), ["large", "old", "small"]);
  link.connection.close();
  await link.connection.closed;
});
