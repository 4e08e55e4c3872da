/** Whatever lies in the folder of a download: only what this program has made is ever touched. */
import { assertEquals } from "@std/assert";
import { stampOf, versionTag } from "../../lib/files/file_stamp.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(300_000, 1);
const MINE = patternedBytes(1_000, 2);
const onUnix = { ignore: Deno.build.os === "windows" };

/** Downloads "a" into a folder, and checks that it arrives and that all else is as it was. */
async function assertDownloads(folder: TempDir, protocol: 1 | 2): Promise<void> {
  const before = contentsOf(folder);
  await using server = await startServer({}, { "a": CONTENT });
  await using peer = await TestClient.connect(server.port, { protocol });
  const { file } = await peer.client.download("a", { directory: folder.path, name: "a" });
  assertEquals(file, folder.join("a"));
  assertEquals(Deno.readFileSync(file), CONTENT);
  assertEquals(contentsOf(folder), { ...before, a: CONTENT.toHex() });
}

/** The entries of a folder: a file's bytes, a link's target. */
function contentsOf(folder: TempDir): Record<string, string> {
  const entries = folder.list().map((name) => {
    const info = Deno.lstatSync(folder.join(name));
    if (info.isSymlink) return [name, Deno.readLinkSync(folder.join(name))];
    return [name, info.isFile ? Deno.readFileSync(folder.join(name)).toHex() : "other"];
  });
  return Object.fromEntries(entries);
}

for (const protocol of [1, 2] as const) {
  Deno.test(`Client.download: leaves a file of the user's named NAME.part alone, protocol ${protocol}`, async () => {
    for (const note of [null, "", "some words", "whole\n"]) {
      using folder = new TempDir();
      folder.write("a.part", MINE);
      if (note !== null) folder.write("a.part.version", note);
      await assertDownloads(folder, protocol);
    }
  });

  Deno.test({
    name: `Client.download: touches no link or FIFO beside the file, protocol ${protocol}`,
    ...onUnix,
    async fn() {
      using victim = new TempDir();
      const path = victim.write("authorized_keys", MINE);
      for (const name of ["a.part", "a.part.version"]) {
        using linked = new TempDir();
        linked.write("a.part", MINE);
        if (name === "a.part") Deno.removeSync(linked.join(name));
        Deno.symlinkSync(path, linked.join(name));
        await assertDownloads(linked, protocol);
        using piped = new TempDir();
        new Deno.Command("mkfifo", { args: [piped.join(name)] }).outputSync();
        await assertDownloads(piped, protocol);
      }
      assertEquals(Deno.readFileSync(path), MINE);
      assertEquals(victim.list(), ["authorized_keys"]);
    },
  });

  Deno.test({
    name: `Client.download: uses no private folder that is a link or a file, protocol ${protocol}`,
    ...onUnix,
    async fn() {
      using victim = new TempDir();
      for (const to of [victim.path, victim.join("missing"), null]) {
        using folder = new TempDir();
        if (to === null) folder.write(".tcp-chat", MINE);
        else Deno.symlinkSync(to, folder.join(".tcp-chat"));
        await assertDownloads(folder, protocol);
      }
      assertEquals(victim.list(), []);
    },
  });
}

Deno.test({
  name: "Client.download: keeps its part from the private folder of another user",
  ignore: Deno.build.os === "windows" || Deno.uid() !== 0,
  async fn() {
    using folder = new TempDir();
    folder.write(".tcp-chat/a.part", MINE);
    folder.write(".tcp-chat/a.part.version", "1-1-1-1");
    Deno.chownSync(folder.join(".tcp-chat"), 12_345, 12_345);
    await assertDownloads(folder, 2);
  },
});

Deno.test("Client.download: receives and keeps files whose names are those of a part and its note", async () => {
  const files = { "a": CONTENT, "a.part": MINE, "a.part.version": "1-1-1-1" };
  await using server = await startServer({}, files);
  await using peer = await TestClient.connect(server.port, { protocol: 2 });
  using folder = new TempDir();
  for (const name of ["a.part.version", "a.part", "a"]) {
    await peer.client.download(name, { directory: folder.path, name });
  }
  const expected = { "a": CONTENT.toHex(), "a.part": MINE.toHex() };
  const note = new TextEncoder().encode("1-1-1-1").toHex();
  assertEquals(contentsOf(folder), { ...expected, "a.part.version": note });
});

Deno.test("Client.download: goes on with the part of an earlier version, which stays as it is", async () => {
  await using server = await startServer({}, { "a": CONTENT });
  using folder = new TempDir();
  folder.write("a.part", CONTENT.subarray(0, 200_000));
  folder.write("a.part.version", versionTag(stampOf(Deno.statSync(server.root.join("a")))));
  const before = contentsOf(folder);
  await using peer = await TestClient.connect(server.port, { protocol: 2 });
  const result = await peer.client.download("a", { directory: folder.path, name: "a" });
  assertEquals(result.resumedFrom, 200_000);
  assertEquals(contentsOf(folder), { ...before, a: CONTENT.toHex() });
});

Deno.test({
  name: "Client.download: closes the private folder to other users, and removes it at the end",
  ...onUnix,
  async fn() {
    await using server = await startServer({}, { "a": CONTENT });
    await using peer = await TestClient.connect(server.port, { protocol: 2 });
    using folder = new TempDir();
    Deno.mkdirSync(folder.join(".tcp-chat"), { mode: 0o777 });
    const modes = new Set<number>();
    await peer.client.download("a", {
      directory: folder.path,
      name: "a",
      onProgress: (received) => {
        if (received > 0) modes.add((Deno.statSync(folder.join(".tcp-chat")).mode ?? 0) & 0o777);
      },
    });
    assertEquals([...modes], [0o700]);
    assertEquals(folder.list(), ["a"]);
  },
});
