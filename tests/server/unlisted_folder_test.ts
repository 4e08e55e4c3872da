import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

Deno.test({
  name: "server: takes files into a folder that may be written and not listed",
  ignore: unprivilegedPrefix() === null,
  async fn() {
    using root = new TempDir();
    Deno.chmodSync(root.path, 0o333);
    const options = JSON.stringify({ root: root.path, uploads: true });
    await using child = new ChildProcess("serve_child.ts", [options], unprivilegedPrefix()!);
    const { port } = await child.waitFor("ready");
    using peer = await Protocol2Peer.connect(Number(port));
    assertEquals(await peer.refusal("LIST", { path: "" }), "denied");
    await peer.put("small", patternedBytes(5));
    await peer.put("small", patternedBytes(6), { replace: true });
    await peer.put("large", patternedBytes(3_000_000));
    await peer.request("MKDR", { path: "folder" });
    assertEquals(Deno.statSync(root.join("small")).size, 6);
    assertEquals(Deno.statSync(root.join("large")).size, 3_000_000);
    assert(Deno.statSync(root.join("folder")).isDirectory);
    Deno.chmodSync(root.path, 0o700);
  },
});
