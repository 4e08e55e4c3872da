/** MOVE: renaming and moving, and the rights to it. */
import { assertEquals } from "@std/assert";
import { refusalOf, startManaged } from "../helpers/managed_server.ts";

Deno.test("MOVE: renames a file, moves it to another folder, and logs it", async () => {
  await using fixture = await startManaged({ "a.txt": "a", "f/x.txt": "x" });
  const { peer, server } = fixture;
  assertEquals(await peer.request("MOVE", { path: "a.txt", to: "b.txt" }), {
    path: "a.txt",
    to: "b.txt",
  });
  await peer.request("MOVE", { path: "b.txt", to: "f/é.txt" });
  assertEquals(server.root.list("f"), ["x.txt", "é.txt"]);
  assertEquals(Deno.readTextFileSync(server.root.join("f/é.txt")), "a");
  const { client: _, ...event } = await server.waitFor("move", ({ to }) => to === "f/é.txt");
  assertEquals(event, { event: "move", path: "b.txt", to: "f/é.txt" });
  assertEquals(await peer.refusal("MOVE", { path: "a.txt", to: "c.txt" }), "not-found");
  assertEquals(await peer.refusal("MOVE", { path: "f/x.txt", to: "none/x.txt" }), "not-found");
  assertEquals(await peer.refusal("MOVE", { path: "f/x.txt", to: "f/é.txt/x" }), "not-a-file");
});

Deno.test("MOVE: replaces a file with replace only, and never a folder", async () => {
  await using fixture = await startManaged({ "a.txt": "a", "b.txt": "b", "f/x": "x", "g/y": "y" });
  const { peer, server: { root } } = fixture;
  Deno.mkdirSync(root.join("empty"));
  for (
    const [path, to, replace, code] of [
      ["a.txt", "b.txt", false, "exists"],
      ["a.txt", "a.txt", true, "exists"],
      ["a.txt", "f", false, "exists"],
      ["a.txt", "f", true, "not-a-file"],
      ["a.txt", "empty", true, "not-a-file"],
      ["f", "b.txt", false, "exists"],
      ["f", "b.txt", true, "not-a-file"],
      ["f", "g", false, "exists"],
      ["f", "g", true, "not-a-file"],
      ["f", "empty", true, "not-a-file"],
    ] as const
  ) {
    assertEquals(await peer.refusal("MOVE", { path, to, replace }), code, `${path} ${to}`);
  }
  assertEquals(root.list(), ["a.txt", "b.txt", "empty", "f", "g"]);
  await peer.request("MOVE", { path: "a.txt", to: "b.txt", replace: true });
  assertEquals(Deno.readTextFileSync(root.join("b.txt")), "a");
  assertEquals(root.list(), ["b.txt", "empty", "f", "g"]);
});

Deno.test("MOVE: moves a folder with what is in it, but not into itself", async () => {
  await using fixture = await startManaged({ "a/b/c.txt": "c", "d/e.txt": "e" });
  const { peer, server: { root } } = fixture;
  for (const to of ["a/x", "a/b/x"]) {
    assertEquals(await refusalOf(peer, "MOVE", { path: "a", to }), {
      code: "bad-path",
      reason: "path-inside",
    });
  }
  await peer.request("MOVE", { path: "a", to: "d/a" });
  assertEquals([root.list(), root.list("d"), root.list("d/a/b")], [["d"], ["a", "e.txt"], [
    "c.txt",
  ]]);
  await peer.request("MOVE", { path: "d/a", to: "d/ab" });
  assertEquals(root.list("d"), ["ab", "e.txt"]);
});

Deno.test({
  name: "MOVE: moves a link and not what it leads to; two names of one file become one",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using fixture = await startManaged({ "f/a.txt": "a", "b.txt": "b" });
    const { peer, server: { root } } = fixture;
    Deno.symlinkSync("f", root.join("in"));
    await peer.request("MOVE", { path: "in", to: "link" });
    assertEquals(Deno.readLinkSync(root.join("link")), "f");
    await peer.request("MOVE", { path: "link/a.txt", to: "link/c.txt" });
    assertEquals([root.list(), root.list("f")], [["b.txt", "f", "link"], ["c.txt"]]);
    Deno.linkSync(root.join("b.txt"), root.join("twin"));
    await peer.request("MOVE", { path: "b.txt", to: "twin", replace: true });
    assertEquals(root.list(), ["f", "link", "twin"]);
  },
});

Deno.test("MOVE: is refused where a rule takes a right away in the folder, or in its new place", async () => {
  const rules = "a/secret/** read,write *\nb/*.key none *\n";
  await using fixture = await startManaged({ "a/secret/s.txt": "s", "b/c.txt": "c" }, rules);
  const { peer, server: { root } } = fixture;
  const refused = { code: "denied", reason: "rules-below" };
  assertEquals(await refusalOf(peer, "MOVE", { path: "a", to: "open" }), refused);
  assertEquals(await refusalOf(peer, "MOVE", { path: "b", to: "d" }), refused); // There is no such file
  assertEquals(root.list(), ["a", "b"]);
  await peer.request("MOVE", { path: "b/c.txt", to: "c.txt" });

  await using other = await startManaged({ "b/c.txt": "c", "x/z": "z" }, "x/*/fixed/** read *\n");
  assertEquals(await refusalOf(other.peer, "MOVE", { path: "b", to: "x/b" }), refused);
  await other.peer.request("MOVE", { path: "b", to: "y" });
});

Deno.test("MOVE: takes the right to write, or to replace, at the new place", async () => {
  const rules = "drop/** write *\nfixed/** read *\n";
  await using fixture = await startManaged({ "a.txt": "a", "drop/x": "x", "fixed/y": "y" }, rules);
  const { peer, server: { root } } = fixture;
  assertEquals(await peer.refusal("MOVE", { path: "a.txt", to: "fixed/a.txt" }), "denied");
  assertEquals(
    await peer.refusal("MOVE", { path: "a.txt", to: "drop/x", replace: true }),
    "denied",
  );
  assertEquals(await peer.refusal("MOVE", { path: "drop/x", to: "x" }), "not-found");
  assertEquals(await peer.refusal("MOVE", { path: "fixed/y", to: "y" }), "denied");
  await peer.request("MOVE", { path: "a.txt", to: "drop/b.txt" });
  assertEquals([root.list("drop"), root.list("fixed")], [["b.txt", "x"], ["y"]]);
});
