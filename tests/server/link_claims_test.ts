/** Claims and bytes of links, request by request. */
import { assertEquals, assertFalse, assertRejects } from "@std/assert";
import { sha256Of } from "../helpers/bytes.ts";
import { CLAIM, OTHER_CLAIM, refusalOf, startLinkServer } from "../helpers/links.ts";
import { dataFrames, type Json, type Protocol2Peer } from "../helpers/protocol2_peer.ts";

const FILES = { "docs/report.pdf": "report", "docs/more/a.txt": "a", "inbox/old.txt": "old" };

Deno.test("link: is for as many claims as its count, and a claim for any number of files", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("docs", { count: 1 });
  {
    using looking = await fixture.receiver(shared, OTHER_CLAIM); // To look takes no claim
    await looking.request("LIST", { path: "docs" });
    await looking.request("STAT", { path: "docs/report.pdf" });
    using peer = await fixture.receiver(shared, CLAIM);
    await peer.get("docs/report.pdf");
    await peer.get("docs/more/a.txt");
    for (const type of ["LIST", "STAT", "FGET"]) {
      const refusal = await refusalOf(looking, type, { path: "docs/report.pdf" });
      assertEquals(refusal, "denied link-used", type);
    }
    const batch = { path: "docs", names: "report.pdf" };
    for (const have of ["", sha256Of("report")]) {
      assertEquals(await refusalOf(looking, "MGET", { ...batch, have }), "denied link-used");
    }
  }
  await assertRejects(() => fixture.receiver(shared, OTHER_CLAIM), Error, "link-used");
  await assertRejects(() => fixture.receiver(shared), Error, "link-used");
  using again = await fixture.receiver(shared, CLAIM);
  using data = await again.attach(fixture.server.port);
  await data.get("docs/report.pdf");
});

Deno.test("link: counts a batch by a claim, whether it is the first of a receiver or not", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("docs", { count: 1 });
  using peer = await fixture.receiver(shared, CLAIM);
  using other = await fixture.receiver(shared, OTHER_CLAIM);
  const batch = { path: "docs", names: "report.pdf" };
  const types = async (fields: Json) => {
    await peer.ask("MGET", fields);
    const read = [await peer.read()];
    while (read.at(-1)!.type !== "FEND") read.push(await peer.read());
    return read.map((message) => message!.type);
  };
  assertEquals(await types({ ...batch, have: sha256Of("report") }), ["MMET", "FEND"]);
  await other.assertLives();
  using alice = await fixture.member();
  const left = async () => ((await alice.request("LNKS")).links as Json[])[0]!.left;
  assertEquals(await left(), 1);
  for (let i = 0; i < 2; i++) assertEquals(await types(batch), ["MMET", "FDAT", "FEND"]);
  assertEquals(await left(), 0);
  assertEquals(await refusalOf(other, "MGET", batch), "denied link-used");
});

/** Uploads a file of one byte, which is its name, as a batch. Returns the number of the request. */
async function putBatch(peer: Protocol2Peer, name: string): Promise<number> {
  const sha256 = sha256Of(name);
  const batch = { path: "inbox", names: name, sizes: [1], mtimes: [0], sha256 };
  const id = await peer.ask("MPUT", batch);
  await peer.raw.send(...dataFrames(name));
  await peer.send("FEND", { id, sha256 });
  return id;
}

Deno.test("link: counts a batch of uploads by a claim", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("inbox", { kind: "put", count: 1 });
  using first = await fixture.receiver(shared, CLAIM);
  using second = await fixture.receiver(shared, OTHER_CLAIM);
  for (const name of ["1", "2"]) {
    assertEquals(await first.done(await putBatch(first, name)), {});
  }
  assertEquals(await second.fail(await putBatch(second, "3")), "denied");
  assertFalse(fixture.server.root.list("inbox").includes("3"));
});

Deno.test("link: counts uploads by claims, with a key and without", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("inbox", { kind: "put", count: 2 });
  using first = await fixture.receiver(shared, CLAIM);
  using second = await fixture.receiver(shared, OTHER_CLAIM);
  using third = await fixture.receiver(shared);
  await first.put("inbox/1.txt", "1");
  await second.put("inbox/2.txt", "2", { key: "k" });
  await first.put("inbox/3.txt", "3");
  const use = { path: "inbox/4.txt", size: 1, key: "k" };
  assertEquals(await refusalOf(third, "FPUT", use), "denied link-used");
});

Deno.test("AUTH: takes claims of 16 to 64 characters", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("docs");
  for (const length of [16, 64]) (await fixture.receiver(shared, "c".repeat(length))).raw.close();
  for (const length of [15, 65]) {
    const claim = "c".repeat(length);
    await assertRejects(() => fixture.receiver(shared, claim), Error, "bad-request");
  }
});

Deno.test("link: takes no more bytes in all than its size, whatever comes at once", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("inbox", { kind: "put", size: 11 });
  using one = await fixture.receiver(shared);
  using other = await fixture.receiver(shared);
  assertEquals(await one.done(await putBatch(one, "0")), {});
  const id = await one.ask("FPUT", { path: "inbox/1", size: 6, key: "k" });
  await one.expect("REDY");
  const five = { path: "inbox/2", size: 5, key: "k" };
  assertEquals(await refusalOf(other, "FPUT", five), "too-large link-full");
  await one.send("FCAN", { id, discard: true });
  assertEquals(await one.fail(id), "cancelled");
  await other.put("inbox/2", "12345", { key: "k" });
  await one.put("inbox/3", "12345");
  assertEquals(
    await refusalOf(one, "FPUT", { path: "inbox/4", size: 1, key: "k" }),
    "too-large link-full",
  );
  await one.put("inbox/empty", "");
  assertEquals(await one.done(await putBatch(one, "5")), { alone: [0] });
  using alice = await fixture.member();
  const [listed] = (await alice.request("LNKS")).links as Json[];
  assertEquals([listed!.size, listed!.sizeLeft], [11, 0]);
});
