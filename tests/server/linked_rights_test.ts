import { assertEquals } from "@std/assert";
import { describeFailure } from "../../lib/protocol/errors.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

/** A server whose rules close a folder, with links into it. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const data = stack.use(new TempDir());
  data.write("rules", "private/** none *\n");
  const server = stack.use(
    await startServer({ dataDirectory: data.path, uploads: true }, {
      "private/a": "secret",
      "public/b": "open",
    }),
  );
  Deno.symlinkSync("../private", server.root.join("public/folder"));
  Deno.symlinkSync("../private/a", server.root.join("public/file"));
  Deno.symlinkSync("public", server.root.join("open"));
  Deno.symlinkSync("../public/b", server.root.join("private/out"));
  Deno.symlinkSync("../public", server.root.join("private/door"));
  const peer = stack.use(await Protocol2Peer.connect(server.port));
  return { server, peer, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "rules: hold for what a link leads to, as well as for its own path",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    const { peer, server } = fixture;
    // A folder is no file, which is not told of one that is closed
    assertEquals(await peer.refusal("FGET", { path: "private" }), "not-found");
    for (const path of ["public/file", "public/folder/a", "private/a", "private/out"]) {
      for (const type of ["LIST", "STAT"] as const) {
        assertEquals(await peer.refusal(type, { path }), "not-found", `${type} ${path}`);
      }
      // The second without the batch of small files
      for (const more of [{}, { zstd: true }]) {
        assertEquals(await peer.refusal("FGET", { path, ...more }), "not-found", `FGET ${path}`);
      }
    }
    for (const type of ["LIST", "STAT"] as const) {
      assertEquals(await peer.refusal(type, { path: "public/folder" }), "not-found", type);
    }
    for (const folder of ["public/folder", "private/door"]) {
      assertEquals(await peer.refusal("MKDR", { path: `${folder}/new` }), "denied", folder);
      for (const replace of [true, false]) {
        const fields = { path: `${folder}/c`, size: 0, key: "k", replace };
        assertEquals(await peer.refusal("FPUT", fields), "denied", folder);
      }
    }
    const file = { path: "public/file", size: 0, key: "k", replace: true };
    assertEquals(await peer.refusal("FPUT", file), "denied");
    assertEquals(Deno.readTextFileSync(server.root.join("private/a")), "secret");
    assertEquals(server.root.list("private"), ["a", "door", "out"]);
  },
});

Deno.test({
  name: "rules: leave links alone that lead to what is open",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    const { peer } = fixture;
    assertEquals((await peer.request("STAT", { path: "open/b" })).size, 4);
    assertEquals((await peer.request("MKDR", { path: "open/new" })).path, "open/new");
  },
});

Deno.test({
  name: "rules: hold for what a link leads to in protocol 1",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    using peer = await fixture.server.connect();
    for (const path of ["public/file", "public/folder/a", "private/out"]) {
      await peer.sendFrame("FILE", path);
      assertEquals(textOf(await peer.expect("FERR")), describeFailure("not-found", "en"));
    }
    await peer.sendFrame("FILE", "open/b");
    assertEquals(textOf(await peer.expect("FDAT")), "open");
  },
});
