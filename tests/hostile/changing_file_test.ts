import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { writeZeros } from "../helpers/zero_file.ts";

/** Larger than all buffers between the disk and a client that does not read. */
const SIZE = 64 * 1024 * 1024;
const CHANGED = "The file changed while it was being sent";

/** Changes to the file at `path` in `root` while the server sends it. */
const CHANGES: Record<string, (path: string, root: TempDir) => void> = {
  "grows": (path) => Deno.writeFileSync(path, new Uint8Array(1), { append: true }),
  "shrinks": (path) => Deno.truncateSync(path, SIZE - 1),
  "is emptied": (path) => Deno.truncateSync(path, 0),
  "shrinks and grows back": (path) => {
    Deno.truncateSync(path, 1000);
    Deno.truncateSync(path, SIZE);
  },
  "is overwritten in place": (path) => overwrite(path),
  "is overwritten in place with its time set back": (path) => {
    const { atime, mtime } = Deno.statSync(path);
    overwrite(path);
    Deno.utimeSync(path, atime!, mtime!);
  },
  "is replaced by a file of the same size and time": (path, root) => {
    const { atime, mtime } = Deno.statSync(path);
    writeZeros(root.join("other.bin"), SIZE);
    overwrite(root.join("other.bin"));
    Deno.utimeSync(root.join("other.bin"), atime!, mtime!);
    Deno.renameSync(root.join("other.bin"), path);
  },
  "is touched": (path) => Deno.utimeSync(path, new Date(), new Date()),
  "is removed": (path) => Deno.removeSync(path),
  "is replaced by a folder": (path) => {
    Deno.removeSync(path);
    Deno.mkdirSync(path);
  },
};

function overwrite(path: string): void {
  using file = Deno.openSync(path, { write: true });
  file.seekSync(SIZE - 100, Deno.SeekMode.Start);
  file.writeSync(new TextEncoder().encode("changed"));
}

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test(`changing file: the server sends FERR if the file ${what} while it is sent`, async () => {
    await using server = await startServer();
    const path = server.root.join("file.bin");
    writeZeros(path, SIZE);
    // The runtime reports ctime, which cannot be set back, in whole seconds
    if (what.endsWith("set back")) await new Promise((resolve) => setTimeout(resolve, 1_100));
    using peer = await server.connect();
    await peer.sendFrame("FILE", "file.bin");
    let bytes = (await peer.expect("FDAT")).payload.length;
    change(path, server.root);
    let last = await peer.readFrame();
    for (; last?.type === "FDAT" && bytes < SIZE; last = await peer.readFrame()) {
      bytes += last.payload.length;
    }
    assertEquals([last?.type, last && textOf(last)], ["FERR", CHANGED]);
    assert(bytes < SIZE, "the server sent all bytes before FERR");
    assertEquals(server.eventsOf("download"), []);
    const refusal = await server.waitFor("refused");
    assertEquals([refusal.code, refusal.path], ["changed", "file.bin"]);

    // The connection survives, and the next download succeeds
    writeZeros(server.root.join("fresh.bin"), 100_000);
    await peer.sendFrame("FILE", "fresh.bin");
    await peer.expect("FDAT");
    await assertServesOn(server);
  });
}

Deno.test("changing file: the server sends the current content at every download", async () => {
  await using server = await startServer({}, { "file.txt": "before" });
  await using client = await OriginalClient.connect(server.port);
  for (const text of ["before", "after!", "longer than before", ""]) {
    server.root.write("file.txt", text);
    const { verified, bytes } = await client.download("file.txt");
    assertEquals([verified, new TextDecoder().decode(bytes)], [true, text]);
  }
});

Deno.test("changing file: the server sends FERR if the file changes while it is hashed", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("file.bin"), 512 * 1024 * 1024);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "file.bin");
  await peer.expect("FMTA");
  Deno.writeFileSync(server.root.join("file.bin"), new Uint8Array(1), { append: true });
  const answer = await peer.readFrame();
  assertEquals([answer?.type, answer && textOf(answer)], ["FERR", CHANGED]);
  await assertServesOn(server);
});

Deno.test("changing file: the server never mixes two versions in a verified download", async () => {
  await using server = await startServer();
  await using client = await OriginalClient.connect(server.port);
  let outcomes = 0;
  for (let round = 0; round < 60; round++) {
    server.root.write("file.txt", String(round).repeat(20_000));
    await client.ask("file.txt");
    // Writes at any point between the first stat of the file and its last byte
    if (round % 3 > 0) await new Promise((resolve) => setTimeout(resolve, round % 4));
    server.root.write("file.txt", String(round + 1).repeat(20_000));
    const download = await client.receive().catch(() => null);
    if (download === null) continue;
    outcomes++;
    assert(download.verified, "the bytes do not fit the hash");
    const text = new TextDecoder().decode(download.bytes);
    // The old content, or a prefix of the new content: a write truncates the file first
    const [before = "", after = ""] = [round, round + 1].map((n) => String(n).repeat(20_000));
    assert(text === before || after.startsWith(text), "the file is a mixture");
  }
  assert(outcomes > 0);
});

Deno.test("changing file: Client.download keeps nothing of a file that changed while it was sent", async () => {
  using folder = new TempDir();
  await using server = await startServer();
  writeZeros(server.root.join("file.bin"), SIZE);
  const client = await connect({ hostname: "127.0.0.1", port: server.port });
  let changed = false;
  const onProgress = () => {
    if (!changed) overwrite(server.root.join("file.bin"));
    changed = true;
  };
  const target = { directory: folder.path, name: "file.bin", onProgress };
  const error = await assertRejects(() => client.download("file.bin", target), RequestError);
  assertEquals([error.code, error.message], ["changed", CHANGED]);
  const result = await client.download("file.bin", { directory: folder.path, name: "file.bin" });
  assertEquals(result.sizeBytes, SIZE);
  await client.quit();
  assertEquals(folder.list(), ["file.bin"]);
});
