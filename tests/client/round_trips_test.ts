import { assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import type { ConnectOptions } from "../../lib/client/connect_options.ts";
import { downloadAll } from "../../lib/client/download_all.ts";
import { uploadAll } from "../../lib/client/upload_all.ts";
import { AnswerGate, type GatedLink } from "../helpers/answer_gate.ts";
import { within } from "../helpers/deadline.ts";
import { Proxy } from "../helpers/proxy.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A server whose answers a gate withholds, and a client of it. */
async function start(
  mayAnswer: (link: GatedLink, gate: AnswerGate) => boolean,
  options: Partial<ConnectOptions> = {},
  files: Record<string, string> = {},
) {
  await using stack = new AsyncDisposableStack();
  const server: TestServer = stack.use(await startServer({ uploads: true }, files));
  const gate: AnswerGate = new AnswerGate((link) => mayAnswer(link, gate));
  const proxy = stack.use(await Proxy.start(server.port, [gate.tap]));
  const client = await connect({
    hostname: "127.0.0.1",
    port: proxy.port,
    protocol: 2,
    ...options,
  });
  stack.defer(async () => {
    client.close();
    await client.closed;
  });
  const moved = stack.move();
  return { server, gate, client, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

const isControl = ({ number }: GatedLink) => number === 0;

Deno.test("Client.download: asks for a file behind HELO of a data connection, before its answer", async () => {
  using folder = new TempDir();
  await using fixture = await start(
    (link) => isControl(link) || link.sent.includes("FGET"),
    {},
    { "a.txt": "a" },
  );
  const get = fixture.client.download("a.txt", { directory: folder.path });
  assertEquals((await within(get, "the file")).sizeBytes, 1);
  assertEquals(fixture.gate.links.map(({ sent }) => sent), [["HELO", "PING"], ["HELO", "FGET"]]);
});

Deno.test("Client.upload: sends a file behind HELO of a data connection, before its answer", async () => {
  using folder = new TempDir();
  await using fixture = await start((link) => isControl(link) || link.sent.includes("FEND"));
  const put = fixture.client.upload(folder.write("a.txt", "a"));
  assertEquals((await within(put, "the file")).sizeBytes, 1);
});

Deno.test("downloadAll: moves files over the first connection of a client that hears no chat", async () => {
  using folder = new TempDir();
  await using fixture = await start(() => true, { present: false }, { "a.txt": "a", "b.txt": "b" });
  const { files } = await downloadAll(fixture.client, ["a.txt", "b.txt"], {
    directory: folder.path,
  });
  assertEquals([files.length, fixture.gate.links.length], [2, 1]);
});

Deno.test("uploadAll: asks for folders and for what is there at once", async () => {
  using folder = new TempDir();
  const folders = Array.from({ length: 40 }, (_, i) => `empty${i}`);
  for (const name of folders) Deno.mkdirSync(folder.join("top", name), { recursive: true });
  folder.write("top/full/inside/a.txt", "a");
  const asked = ["LIST", ...folders.map(() => "MKDR")];
  await using fixture = await start(
    ({ sent }) => sent.length < 2 || sent.length > asked.length,
    { present: false },
  );
  const put = uploadAll(fixture.client, [`${folder.path}/top`]);
  const { files, failures } = await within(put, "the folders");
  assertEquals([files.length, failures], [1, []]);
  assertEquals(fixture.gate.sent.slice(0, asked.length + 1), ["HELO", ...asked]);
  assertEquals(fixture.server.root.list("top"), [...folders, "full"].toSorted());
  assertEquals(fixture.server.root.list("top/full/inside"), ["a.txt"]);
});

Deno.test("Client.quit: waits for no answer where a client hears no chat", async () => {
  using folder = new TempDir();
  let isOpen = true;
  await using fixture = await start(() => isOpen, { present: false, connections: 2 }, {
    "a.txt": "a",
  });
  await fixture.client.download("a.txt", { directory: folder.path });
  isOpen = false;
  assertEquals(await within(fixture.client.quit(), "the end"), null);
  await fixture.server.waitFor("disconnected", ({ reason }) => reason === "quit");
});
