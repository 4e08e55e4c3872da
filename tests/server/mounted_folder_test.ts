import { assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { mountAgain, mountSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MOUNTS: Record<string, (path: string, other: string) => Disposable | null> = {
  "a file system of its own": mountSmall,
  "another folder of the same file system": (path, other) => mountAgain(other, path),
};

for (const [what, mount] of Object.entries(MOUNTS)) {
  Deno.test({
    name: `FPUT: writes to a folder that is ${what}, whose parts lie there`,
    ignore: Deno.build.os === "windows",
    async fn() {
      using other = new TempDir();
      await using server = await startServer({ uploads: true }, { "m/unseen": "" });
      const { root } = server;
      using mounted = mount(root.join("m"), other.path);
      if (mounted === null) return; // Only root may mount
      using peer = await Protocol2Peer.connect(server.port);
      await peer.put("m/a.txt", "hello");
      await peer.put("m/a.txt", "again", { replace: true });
      await peer.put("m/new/deep/b.txt", "hello", { key: "k" });
      assertEquals(Deno.readTextFileSync(root.join("m/a.txt")), "again");
      assertEquals(Deno.readTextFileSync(root.join("m/new/deep/b.txt")), "hello");
      const id = await peer.ask("FPUT", { path: "m/c.txt", size: 5, key: "k" });
      await peer.expect("REDY");
      await until(() => root.list("m/.tcp-chat").length === 1, "the part");
      assertEquals(root.list(), ["m"]);
      await peer.send("FCAN", { id });
      assertEquals(await peer.fail(id), "cancelled");
      assertEquals(root.list("m"), ["a.txt", "new"]);
    },
  });
}

Deno.test({
  name: "FPUT: fails with no-space where the uploads under way leave no room for another one",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer({ uploads: true }, { "m/unseen": "" });
    const { root } = server;
    using mounted = mountSmall(root.join("m"));
    if (mounted === null) return; // Only root may mount
    using peer = await Protocol2Peer.connect(server.port);
    using other = await Protocol2Peer.connect(server.port);
    const id = await peer.ask("FPUT", { path: "m/a", size: 700_000, key: "a" });
    await peer.expect("REDY");
    const next = await other.ask("FPUT", { path: "m/b", size: 500_000, key: "b" });
    assertEquals(await other.fail(next), "no-space");
    const elsewhere = await other.ask("FPUT", { path: "c", size: 500_000, key: "c" });
    await other.expect("REDY");
    await other.send("FCAN", { id: elsewhere });
    assertEquals(await other.fail(elsewhere), "cancelled");
    await peer.send("FCAN", { id });
    assertEquals(await peer.fail(id), "cancelled");
    await other.put("m/b", new Uint8Array(500_000), { key: "b" });
  },
});
