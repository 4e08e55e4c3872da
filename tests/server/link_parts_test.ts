import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { patternedBytes } from "../helpers/bytes.ts";
import {
  CLAIM,
  type LinkServer,
  OTHER_CLAIM,
  type SharedLink,
  startLinkServer,
} from "../helpers/links.ts";
import { dataFrames, type Json } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";

const CONTENT = patternedBytes(200_000);
/** What comes of it before it breaks off. */
const SENT_BYTES = 150_000;
const USE = { path: "inbox/1", size: CONTENT.length, key: "k" };

/** Breaks an upload off once the server has written a part of it; `restarts` the server, or cancels. */
async function breakOff(fixture: LinkServer, shared: SharedLink, restarts: boolean): Promise<void> {
  using peer = await fixture.receiver(shared, CLAIM);
  const id = await peer.ask("FPUT", USE);
  await peer.expect("REDY");
  await peer.raw.send(...dataFrames(CONTENT.subarray(0, SENT_BYTES)));
  const parts = fixture.server.root.join("inbox/.tcp-chat");
  const sizes = () =>
    [...Deno.readDirSync(parts)].map(({ name }) => Deno.statSync(join(parts, name)).size);
  await until(() => sizes().includes(SENT_BYTES), "the part");
  if (restarts) return await fixture.restart();
  await peer.send("FCAN", { id });
  assertEquals(await peer.fail(id), "cancelled");
}

for (const restarts of [false, true]) {
  Deno.test(
    `link: counts what is kept of an upload that broke off${
      restarts ? " as the server restarted" : ""
    }`,
    async () => {
      await using fixture = await startLinkServer({ "inbox/old.txt": "old" });
      const shared = await fixture.share("inbox", { kind: "put", size: 300_000, count: 1 });
      await breakOff(fixture, shared, restarts);
      using other = await fixture.receiver(shared, CLAIM);
      await other.ask("FPUT", { path: "inbox/2", size: 150_001, key: "k" });
      const { code, reason, limit } = await other.expect("FAIL");
      assertEquals([code, reason, limit], ["too-large", "link-full", 150_000]);
      await other.put("inbox/2", CONTENT.subarray(0, 100_000), { key: "k" });
      const id = await other.ask("FPUT", USE);
      assertEquals((await other.expect("REDY")).offset, SENT_BYTES);
      await other.sendContent(id, CONTENT, SENT_BYTES);
      await other.done(id);
      using alice = await fixture.member();
      const [link] = (await alice.request("LNKS")).links as Json[];
      assertEquals([link!.left, link!.sizeLeft], [0, 0]);
      await assertRejects(() => fixture.receiver(shared, OTHER_CLAIM), Error, "link-used");
    },
  );
}
