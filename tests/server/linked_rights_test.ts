import { assertEquals } from "@std/assert";
import { describeFailure } from "../../lib/protocol/errors.ts";
import { startManaged } from "../helpers/managed_server.ts";
import { textOf } from "../helpers/raw_peer.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

/** A server whose rules close a folder, with links into it. */
async function setUp() {
  const rules = "private/** none *\nhalf/** none *\nhalf/*/below read *\n";
  const files = { "private/a": "secret", "public/b": "open", "half/x": "half" };
  const fixture = await startManaged(files, rules);
  const { server } = fixture;
  Deno.symlinkSync("../private", server.root.join("public/folder"));
  Deno.symlinkSync("../private/a", server.root.join("public/file"));
  Deno.symlinkSync("public", server.root.join("open"));
  Deno.symlinkSync("../public/b", server.root.join("private/out"));
  Deno.symlinkSync("../public/b", server.root.join("half/link")); // May be listed, but not read
  Deno.symlinkSync("../public", server.root.join("private/door"));
  Deno.symlinkSync("/", server.root.join("private/escape")); // Refused otherwise than what is hidden
  Deno.symlinkSync("/", server.root.join("half/escape"));
  new Deno.Command("mkfifo", { args: [server.root.join("half/pipe")] }).outputSync();
  Deno.symlinkSync("../half", server.root.join("public/halfway"));
  return fixture;
}

Deno.test({
  name: "rules: hold for what a link leads to, as well as for its own path",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    const { peer, server } = fixture;
    // A folder is no file, which is not told of one that is closed
    const noFiles = ["private", "public/folder", "private/escape", "public/folder/escape"];
    for (const path of [...noFiles, "public/folder/door/b", "public/folder/out"]) {
      assertEquals(await peer.refusal("FGET", { path }), "not-found", path);
    }
    for (
      const path of ["public/file", "public/folder/a", "private/a", "private/out", "half/link"]
    ) {
      for (const type of ["LIST", "STAT"] as const) {
        assertEquals(await peer.refusal(type, { path }), "not-found", `${type} ${path}`);
      }
      // The second without the batch of small files
      for (const more of [{}, { zstd: true }]) {
        assertEquals(await peer.refusal("FGET", { path, ...more }), "not-found", `FGET ${path}`);
      }
    }
    const closed = [
      ...["public/folder", "private/door", "private/escape", "half/escape", "half/pipe"],
      // Links that lie where it is closed, to what is open, by another link
      ...["public/folder/door", "public/folder/door/b", "public/folder/out", "public/halfway/link"],
      ...["public/folder/escape", "public/folder/escape/etc"],
    ];
    for (const path of closed) {
      for (const type of ["LIST", "STAT"] as const) {
        assertEquals(await peer.refusal(type, { path }), "not-found", `${type} ${path}`);
      }
    }
    for (
      const folder of ["public/folder", "private/door", "private/escape", "public/folder/door"]
    ) {
      assertEquals(await peer.refusal("MKDR", { path: `${folder}/new` }), "denied", folder);
      for (const replace of [true, false]) {
        const fields = { path: `${folder}/c`, size: 0, key: "k", replace };
        assertEquals(await peer.refusal("FPUT", fields), "denied", folder);
      }
    }
    for (
      const path of [
        "public/folder/a",
        "private/a",
        "private/out",
        "private/escape/x",
        "public/folder/door/b",
      ]
    ) {
      assertEquals(await peer.refusal("DELE", { path }), "not-found", path);
      assertEquals(await peer.refusal("MOVE", { path, to: "new" }), "not-found", path);
    }
    for (const to of ["public/folder/new", "private/door/new"]) {
      assertEquals(await peer.refusal("MOVE", { path: "public/b", to }), "denied", to);
    }
    const file = { path: "public/file", size: 0, key: "k", replace: true };
    assertEquals(await peer.refusal("FPUT", file), "denied");
    for (const path of ["half", "public/halfway"]) {
      const { entries, omitted } = await peer.request("LIST", { path });
      assertEquals([entries, omitted], [[], undefined], path);
    }
    assertEquals(Deno.readTextFileSync(server.root.join("private/a")), "secret");
    assertEquals(server.root.list("private"), ["a", "door", "escape", "out"]);
    assertEquals(server.root.list("public"), ["b", "file", "folder", "halfway"]);
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
    await peer.request("MOVE", { path: "open/b", to: "open/new/b" });
    assertEquals((await peer.request("DELE", { path: "open/new", recursive: true })).files, 1);
  },
});

Deno.test({
  name: "rules: hold for what a link leads to in protocol 1",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    using peer = await fixture.server.connect();
    for (const path of ["public/file", "public/folder/a", "private/out", "private/escape"]) {
      await peer.sendFrame("FILE", path);
      assertEquals(textOf(await peer.expect("FERR")), describeFailure("not-found", "en"));
    }
    await peer.sendFrame("FILE", "open/b");
    assertEquals(textOf(await peer.expect("FDAT")), "open");
  },
});

Deno.test({
  name: "DELE: tells of nothing that the rules hide, whatever it is",
  ...onUnix,
  fn: async () => {
    const files = { "a/b": "b", "a/back\\slash.key": "c" };
    await using fixture = await startManaged(files, "**/*.key none *\n");
    const { peer, server: { root } } = fixture;
    new Deno.Command("mkfifo", { args: [root.join("a/pipe.key")] }).outputSync();
    const { files: removed, omitted } = await peer.request("DELE", { path: "a", recursive: true });
    const told = { count: 1, paths: [{ path: "a", reason: "not-empty" }] };
    assertEquals([removed, omitted], [1, told]);
    assertEquals(root.list("a"), ["back\\slash.key", "pipe.key"]);
  },
});
