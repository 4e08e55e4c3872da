import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { patternedBytes } from "../helpers/bytes.ts";
import { startLinkServer } from "../helpers/links.ts";
import { dataFrames } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";

Deno.test("link: counts what is kept of an upload that broke off", async () => {
  await using fixture = await startLinkServer({ "inbox/old.txt": "old" });
  const shared = await fixture.share("inbox", { kind: "put", size: 300_000 });
  const content = patternedBytes(200_000);
  {
    using one = await fixture.receiver(shared);
    const id = await one.ask("FPUT", { path: "inbox/1", size: content.length, key: "k" });
    await one.expect("REDY");
    await one.raw.send(...dataFrames(content.subarray(0, 150_000)));
    const parts = fixture.server.root.join("inbox/.tcp-chat");
    const sizes = () =>
      [...Deno.readDirSync(parts)].map(({ name }) => Deno.statSync(join(parts, name)).size);
    await until(() => sizes().includes(150_000), "the part");
    await one.send("FCAN", { id });
    assertEquals(await one.fail(id), "cancelled");
  }
  using other = await fixture.receiver(shared);
  const more = { path: "inbox/2", size: 150_001, key: "k" };
  await other.ask("FPUT", more);
  const { code, reason, limit } = await other.expect("FAIL");
  assertEquals([code, reason, limit], ["too-large", "link-full", 150_000]);
  await other.put("inbox/2", content.subarray(0, 100_000), { key: "k" });
  await other.put("inbox/1", content, { key: "k" });
});
