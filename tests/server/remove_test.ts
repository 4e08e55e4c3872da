/** DELE: removing, the rights to it, and what becomes of transfers under way. */
import { assert, assertEquals } from "@std/assert";
import { parseRights } from "../../lib/accounts/rights.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { MANAGER, refusalOf, startManaged } from "../helpers/managed_server.ts";
import { dataFrames, type Json, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const paths = (omitted: unknown) => (omitted as { paths: Json[] }).paths;

Deno.test("DELE: removes a file, and logs it", async () => {
  await using fixture = await startManaged({ "a/b.txt": "b", "a/c.txt": "c" });
  const { peer, server } = fixture;
  const path = "a/b.txt";
  assertEquals(await peer.request("DELE", { path }), { path, files: 1, folders: 0 });
  assertEquals(server.root.list("a"), ["c.txt"]);
  const { client: _, ...event } = await server.waitFor("remove");
  assertEquals(event, { event: "remove", path, files: 1, folders: 0 });
  assertEquals(await peer.refusal("DELE", { path }), "not-found");
  assertEquals(await peer.refusal("DELE", { path: "a/c.txt/d" }), "not-found");
});

Deno.test("DELE: removes a folder with all that is in it, but only with recursive", async () => {
  await using fixture = await startManaged({ "a/b/c.txt": "c", "a/d.txt": "d", "e.txt": "e" });
  const { peer, server } = fixture;
  assertEquals(await peer.refusal("DELE", { path: "a" }), "not-a-file");
  assertEquals(await peer.request("DELE", { path: "a", recursive: true }), {
    path: "a",
    files: 2,
    folders: 2,
  });
  assertEquals(server.root.list(), ["e.txt"]);
});

Deno.test({
  name: "DELE: removes a link and not what it leads to, and does not descend into links",
  ignore: Deno.build.os === "windows",
  async fn() {
    using outside = new TempDir();
    outside.write("kept.txt", "kept");
    await using fixture = await startManaged({ "a/b.txt": "b", "f/c.txt": "c" });
    const { peer, server: { root } } = fixture;
    Deno.symlinkSync("f", root.join("in"));
    Deno.symlinkSync(outside.path, root.join("a/out"));
    Deno.symlinkSync("../f", root.join("a/in"));
    Deno.symlinkSync("nowhere", root.join("a/dangling"));
    assertEquals((await peer.request("DELE", { path: "in" })).files, 1);
    assertEquals(root.list("f"), ["c.txt"]);
    assertEquals(await peer.request("DELE", { path: "a", recursive: true }), {
      path: "a",
      files: 4,
      folders: 1,
    });
    assertEquals(root.list(), ["f"]);
    assertEquals([root.list("f"), outside.list()], [["c.txt"], ["kept.txt"]]);
    Deno.symlinkSync(outside.path, root.join("out"));
    assertEquals(await peer.refusal("DELE", { path: "out/kept.txt" }), "bad-path");
    assertEquals(outside.list(), ["kept.txt"]);
  },
});

Deno.test("DELE, MOVE: take the right to delete, which guests lack unless they are given it", async () => {
  const rights = ["read,write,chat", "read,delete", "write,delete", "read"];
  for (const right of rights) {
    const setup = { uploads: true, guestRights: parseRights(right) };
    await using fixture = await startManaged({ "a.txt": "a" }, "", setup);
    const { peer, server } = fixture;
    assertEquals(await peer.refusal("DELE", { path: "a.txt" }), "denied", right);
    assertEquals(await peer.refusal("MOVE", { path: "a.txt", to: "b.txt" }), "denied", right);
    assertEquals(server.root.list(), ["a.txt"]);
  }
  await using fixture = await startManaged({ "a.txt": "a" }, "", { uploads: true });
  assertEquals(await fixture.peer.refusal("DELE", { path: "a.txt" }), "denied");
  await using off = await startManaged({ "a.txt": "a" }, "", { ...MANAGER, uploads: false });
  const reason = "uploads-off";
  assertEquals(await refusalOf(off.peer, "DELE", { path: "a.txt" }), { code: "denied", reason });
  assertEquals((off.peer.hello.features as string[]).includes("manage"), false);
});

Deno.test("DELE, MOVE: do not tell of what the rules hide", async () => {
  await using fixture = await startManaged(
    { "private/a.txt": "a", "open/b.txt": "b" },
    "private/** none *\n",
  );
  const { peer, server: { root } } = fixture;
  for (const path of ["private/a.txt", "private/missing.txt", "private"]) {
    assertEquals(await peer.refusal("DELE", { path, recursive: true }), "not-found", path);
    assertEquals(await peer.refusal("MOVE", { path, to: "x" }), "not-found", path);
    assertEquals(await peer.refusal("MOVE", { path: "open/b.txt", to: path }), "denied", path);
  }
  assertEquals([root.list("private"), root.list("open")], [["a.txt"], ["b.txt"]]);
});

Deno.test("LIST: tells whether what is in a folder may be removed", async () => {
  await using fixture = await startManaged({ "a/b.txt": "b" }, "a/** read,write *\n");
  const { peer } = fixture;
  assertEquals((await peer.request("LIST", { path: "" })).delete, true);
  assertEquals((await peer.request("LIST", { path: "a" })).delete, false);
  assert((peer.hello.features as string[]).includes("manage"));
});

Deno.test("DELE: leaves what the client may not see or remove, and tells only of what it may see", async () => {
  const files = {
    "a/gone.txt": "1",
    "a/keys/x.key": "2",
    "a/keys/y.txt": "3",
    "a/fixed/z.txt": "4",
    "a/drop/w.txt": "5",
  };
  const rules = "**/*.key none *\na/fixed/** read *\na/drop/** write,delete *\n";
  await using fixture = await startManaged(files, rules);
  const { peer, server: { root } } = fixture;
  const { files: removed, folders, omitted } = await peer.request("DELE", {
    path: "a",
    recursive: true,
  });
  assertEquals([removed, folders], [2, 0]);
  assertEquals(
    paths(omitted).sort((a, b) => String(a.path) < String(b.path) ? -1 : 1),
    [
      { path: "a/fixed/z.txt", reason: "denied" },
      { path: "a/keys", reason: "not-empty" },
    ],
  );
  assertEquals(root.list("a"), ["drop", "fixed", "keys"]);
  assertEquals(root.list("a/keys"), ["x.key"]);
});

Deno.test("MOVE, DELE: leave an upload right, and the folder that it goes to in place", async () => {
  await using fixture = await startManaged({ "f/a.txt": "a" });
  const { peer, server: { root } } = fixture;
  const bytes = patternedBytes(100_000);
  const id = await peer.ask("FPUT", { path: "f/new.bin", size: bytes.length, key: "k" });
  assertEquals((await peer.expect("REDY")).id, id);
  const other = await Protocol2Peer.connect(fixture.server.port);
  try {
    assertEquals(await other.refusal("MOVE", { path: "f", to: "g" }), "busy");
    assertEquals(await other.refusal("MOVE", { path: "f/a.txt", to: "f/new.bin" }), "busy");
    const { files, folders, omitted } = await other.request("DELE", { path: "f", recursive: true });
    assertEquals([files, folders], [1, 0]);
    assertEquals(paths(omitted), [{ path: "f", reason: "busy" }]);
  } finally {
    other[Symbol.dispose]();
  }
  await peer.raw.send(...dataFrames(bytes), jsonFrame("FEND", { id, sha256: sha256Of(bytes) }));
  assertEquals((await peer.done(id)).sha256, sha256Of(bytes));
  assertEquals(Deno.readFileSync(root.join("f/new.bin")), bytes);
  await peer.request("MOVE", { path: "f", to: "g" });
  assertEquals((await peer.request("DELE", { path: "g", recursive: true })).folders, 1);
  assertEquals(root.list(), []);
});

Deno.test("FGET: a file that is removed or moved while it is sent ends right, or fails", async () => {
  const bytes = patternedBytes(30_000_000);
  await using fixture = await startManaged({ "a.bin": bytes, "b.bin": bytes });
  const { peer, server } = fixture;
  for (const [path, type] of [["a.bin", "DELE"], ["b.bin", "MOVE"]] as const) {
    using reader = await Protocol2Peer.connect(server.port);
    const id = await reader.ask("FGET", { path });
    assertEquals((await reader.expect("FMET")).id, id);
    await peer.request(type, { path, to: "c.bin" });
    let received = 0;
    for (let message = await reader.read();; message = await reader.read()) {
      if (message?.type === "FDAT") received += message.payload.length;
      else if (message?.type === "FAIL") assertEquals(message.json.code, "changed");
      else assertEquals([message?.type, message?.json.sha256], ["FEND", sha256Of(bytes)]);
      if (message?.type !== "FDAT") break;
    }
    assert(received <= bytes.length);
    assertEquals(await reader.refusal("FGET", { path }), "not-found");
  }
  assertEquals(server.root.list(), ["c.bin"]);
  const { head } = await peer.get("c.bin");
  assertEquals(head.size, bytes.length);
});
