import { assertEquals, assertRejects } from "@std/assert";
import { connect, RequestError, uploadAll } from "../../mod.ts";
import { startAccountServer } from "../helpers/account_server.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LARGE = patternedBytes(9_000_000);
const SHA256 = sha256Of(LARGE);
const FIELDS = { size: LARGE.length, sha256: SHA256 };

/** What comes for an FPUT with a hash: DONE, or the type of the first other frame. */
async function offer(peer: Protocol2Peer, path: string, fields: Record<string, unknown> = {}) {
  const id = await peer.ask("FPUT", { path, ...FIELDS, ...fields });
  const message = await peer.read();
  if (message?.type !== "REDY") return { id, type: message?.type, json: message?.json ?? {} };
  await peer.send("FCAN", { id, discard: true });
  const code = await peer.fail(id);
  return { id, type: "REDY", json: { ...message.json, code } };
}

Deno.test("known: FPUT with the hash of a file elsewhere is answered by DONE, and copies it", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.put("a.bin", LARGE);
  const { type, json, id } = await offer(peer, "f/b.bin", { mtime: 1_000_000 });
  assertEquals([type, json.id, json.path, json.sha256], ["DONE", id, "f/b.bin", SHA256]);
  assertEquals(Deno.readFileSync(server.root.join("f/b.bin")), LARGE);
  assertEquals(Deno.statSync(server.root.join("f/b.bin")).mtime?.getTime(), 1_000_000);
  assertEquals(server.root.list("f"), ["b.bin"]); // No part is left
  // The connection goes on with uploads of any kind
  await peer.put("c.bin", "c");
  assertEquals((await offer(peer, "a.bin", { replace: true })).type, "DONE");
  assertEquals((await offer(peer, "c.bin", { replace: true })).type, "DONE");
  assertEquals(Deno.readFileSync(server.root.join("c.bin")), LARGE);
});

Deno.test("known: FPUT of an unknown hash goes on as any upload, and that of a known path is done", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals((await offer(peer, "a.bin")).type, "REDY");
  const { sha256 } = await peer.put("a.bin", LARGE, { sha256: SHA256 });
  assertEquals(sha256, SHA256);
  assertEquals((await offer(peer, "a.bin")).type, "DONE");
  // Another size, or another content at the path
  assertEquals((await offer(peer, "b.bin", { size: 5 })).type, "REDY");
  await peer.put("c.bin", "c");
  const { type, json } = await offer(peer, "c.bin");
  assertEquals([type, json.code], ["FAIL", "exists"]);
});

Deno.test("known: a wrong index buys nothing: content that has changed is not copied", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.put("a.bin", LARGE);
  server.root.write("a.bin", LARGE.slice().fill(1, 0, 9));
  assertEquals((await offer(peer, "b.bin")).type, "REDY");
  Deno.removeSync(server.root.join("a.bin"));
  assertEquals((await offer(peer, "b.bin")).type, "REDY");
  assertEquals(server.root.list().filter((name) => !name.startsWith(".")), []);
});

/** Two folders that only accounts may read, one of them for uploads of all. */
const RULES = [
  "secret/** none guests",
  "secret/** read,write members",
  "drop/** write guests",
  "drop/** read,write members",
  "",
].join("\n");

Deno.test("known: a hash alone buys no file that the client may not read, and tells nothing of it", async () => {
  using data = new TempDir();
  data.write("data/rules", RULES);
  await using server = await startAccountServer(data, { uploads: true });
  const options = { hostname: "127.0.0.1", port: server.port };
  const login = { user: "ana", password: "right" };
  await using ana = await connect({ ...options, login });
  for (const path of ["secret/a.bin", "drop/a.bin"]) {
    await ana.upload(LARGE, { path });
  }
  using guest = await Protocol2Peer.connect(server.port);
  const unknown = { size: LARGE.length, sha256: "0".repeat(64) };
  for (const path of ["x.bin", "drop/x.bin"]) {
    const known = await offer(guest, path);
    const other = await offer(guest, path, unknown);
    assertEquals([known.type, { ...known.json, id: 0 }], ["REDY", { ...other.json, id: 0 }]);
  }
  // Nor does the answer tell that what lies at the very path is the same
  const same = await offer(guest, "drop/a.bin");
  const different = await offer(guest, "drop/a.bin", unknown);
  assertEquals([same.type, same.json.code], ["FAIL", "exists"]);
  assertEquals({ ...same.json, id: 0 }, { ...different.json, id: 0 });
  const hidden = await offer(guest, "secret/a.bin");
  assertEquals([hidden.type, hidden.json.code], ["FAIL", "denied"]);
  // The account may read it
  const result = await ana.upload(data.write("c.bin", LARGE), { path: "c.bin", known: true });
  assertEquals([result.skipped, result.sha256], [true, SHA256]);
  await assertRejects(() =>
    connect({ ...options, protocol: 1 }).then(async (old) => {
      await using client = old;
      await client.upload(LARGE, { path: "d.bin" });
    }), RequestError);
});

Deno.test("known: upload announces in a room what the server has already, at any size", async () => {
  await using server = await startServer({ uploads: true });
  using listener = await Protocol2Peer.connect(server.port);
  await listener.request("JOIN", { room: "ops" });
  using folder = new TempDir();
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  await client.chat.join("ops");
  for (const [name, content] of [["small", "x"], ["large", LARGE]] as const) {
    const file = folder.write(name, content);
    const first = await client.upload(file, { room: "ops" });
    const again = await client.upload(file, { room: "ops" });
    const elsewhere = await client.upload(file, { path: `copy-${name}`, room: "ops" });
    assertEquals([first.skipped, again.skipped, elsewhere.skipped], [
      false,
      true,
      name === "large",
    ]);
    const paths: unknown[] = [];
    for (const path of [name, name, `copy-${name}`]) {
      const count = paths.filter((each) => each === path).length;
      let seen = 0;
      const event = await listener.event((each) =>
        each.event === "file" && each.path === path && seen++ === count
      );
      paths.push(event.path);
    }
    assertEquals(paths, [name, name, `copy-${name}`]);
  }
});

Deno.test("known: a copy that is cancelled leaves nothing", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.put("a.bin", LARGE);
  const id = await peer.ask("FPUT", { path: "f/b.bin", ...FIELDS });
  await peer.send("FCAN", { id, discard: true });
  const message = await peer.read();
  assertEquals(message?.type === "DONE" || message?.json.code === "cancelled", true);
  await peer.assertLives();
  const names = message?.type === "DONE" ? ["b.bin"] : [];
  const found = [...Deno.readDirSync(server.root.path)].some(({ name }) => name === "f")
    ? server.root.list("f")
    : [];
  assertEquals(found, names);
});

Deno.test("known: uploadAll announces in a room small files that are there already, too", async () => {
  await using server = await startServer({ uploads: true });
  using listener = await Protocol2Peer.connect(server.port);
  await listener.request("JOIN", { room: "ops" });
  using folder = new TempDir();
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  await client.chat.join("ops");
  const names = Array.from({ length: 40 }, (_, i) => `f/${i}`);
  for (const name of names) folder.write(name, name);
  for (let time = 1; time <= 2; time++) {
    const { files } = await uploadAll(client, [folder.join("f")], { room: "ops" });
    assertEquals(files.map(({ skipped }) => skipped), names.map(() => time === 2));
    for (const name of names) {
      let seen = 0;
      await listener.event(({ event, path }) =>
        event === "file" && path === name && ++seen === time
      );
    }
  }
});

Deno.test("known: what is there already stays as it is, whatever copies there are", async () => {
  await using server = await startServer({ uploads: true });
  using folder = new TempDir();
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  await client.chat.join("ops");
  for (const content of ["x", LARGE]) {
    const file = folder.write("b", content);
    for (const path of ["a", "b"]) await client.upload(file, { path, replace: true });
    const inodeOf = () => Deno.statSync(server.root.join("b")).ino;
    const inode = inodeOf();
    const again = await client.upload(file, { room: "ops", replace: true });
    assertEquals([again.skipped, inodeOf()], [true, inode]);
    using peer = await Protocol2Peer.connect(server.port);
    const fields = { size: content.length, sha256: again.sha256, replace: true };
    assertEquals((await offer(peer, "b", fields)).type, "DONE");
    assertEquals(inodeOf(), inode);
  }
});
