import { assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const windows = Deno.build.os === "windows";

const pathsOf = (entries: unknown) => (entries as Json[]).map(({ path }) => path);

Deno.test({
  name: "LIST: tells on each page what it leaves out, once, also from a fresh listing",
  ignore: windows,
  fn: async () => {
    await using server = await startServer();
    const digits = (i: number) => String(i).padStart(4, "0");
    for (let i = 0; i < 1_500; i++) server.root.write(`many/${digits(i)}${i % 10 ? "" : "\\"}`, "");
    using peer = await Protocol2Peer.connect(server.port);
    for (const isFresh of [false, true]) {
      const told: string[] = [];
      let after: unknown;
      for (let more: unknown = true; more === true;) {
        using other = await Protocol2Peer.connect(server.port);
        const reader = isFresh ? other : peer;
        const query = { path: "many", ...(after !== undefined && { after }) };
        const page = await reader.request("LIST", query);
        const { count, paths } = page.omitted as { count: number; paths: Json[] };
        assertEquals(paths.length, Math.min(count, LIMITS.omissionsNamed));
        told.push(...paths.map(({ path, reason }) => `${reason} ${path}`));
        after = pathsOf(page.entries).at(-1);
        more = page.more;
      }
      const expected = Array.from({ length: 150 }, (_, i) => `name many/${digits(i * 10)}\\`);
      assertEquals(told, expected);
    }
  },
});

Deno.test({
  name: "LIST names: sends names that not every system can store only to clients that take them",
  ignore: windows,
  fn: async () => {
    await using server = await startServer({}, { "a|b/c": "c", "what?.txt": "x", ok: "" });
    using peer = await Protocol2Peer.connect(server.port);
    const all = await peer.request("LIST", { path: "", recursive: true, names: true });
    assertEquals(pathsOf(all.entries), ["a|b", "a|b/c", "ok", "what?.txt"]);
    const portable = await peer.request("LIST", { path: "", recursive: true });
    assertEquals(pathsOf(portable.entries), ["ok"]);
    assertEquals(portable.omitted, {
      count: 2,
      paths: [{ path: "a|b", reason: "name" }, { path: "what?.txt", reason: "name" }],
    });
  },
});

Deno.test({
  name: "LIST: tells links as such, and hides links to what rules hide",
  ignore: windows,
  fn: async () => {
    using data = new TempDir();
    data.write("rules", "private/** none *\n");
    await using server = await startServer({ dataDirectory: data.path }, {
      "private/a": "a",
      "public/b": "b",
    });
    Deno.symlinkSync("../private", server.root.join("public/folder"));
    Deno.symlinkSync("../private/a", server.root.join("public/file"));
    Deno.symlinkSync("b", server.root.join("public/link"));
    using peer = await Protocol2Peer.connect(server.port);
    const { entries, omitted } = await peer.request("LIST", { path: "public" });
    assertEquals((entries as Json[]).map(({ path, link }) => [path, link]), [
      ["public/b", undefined],
      ["public/link", true],
    ]);
    assertEquals(omitted, undefined);
  },
});
