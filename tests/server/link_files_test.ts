/** Files that come by a link and are sent again, since their answer was lost: known to it, and to no other. */
import { assertEquals, assertRejects } from "@std/assert";
import { sha256Of } from "../helpers/bytes.ts";
import { connect } from "../../lib/client/connect.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { formatTarget } from "../../lib/stream/target.ts";
import { CLAIM, startLinkServer } from "../helpers/links.ts";
import { dataFrames, type Json, type Protocol2Peer } from "../helpers/protocol2_peer.ts";

/** Sends a file by MPUT. */
async function putTogether(peer: Protocol2Peer, name: string): Promise<Json> {
  const batch = { path: "inbox", names: name, sizes: [name.length], mtimes: [0] };
  const id = await peer.ask("MPUT", { ...batch, sha256: sha256Of(name) });
  await peer.raw.send(...dataFrames(name));
  await peer.send("FEND", { id });
  return await peer.done(id);
}

/** Asks whether a file needs to be sent; returns the answer's type, or the code of FAIL. */
async function asked(peer: Protocol2Peer, path: string, content: string): Promise<string> {
  const use = { path, size: content.length, sha256: sha256Of(content) };
  const id = await peer.ask("FPUT", use);
  const answer = await peer.read();
  if (answer?.type === "REDY") {
    await peer.send("FCAN", { id });
    await peer.fail(id);
  }
  return answer?.type === "FAIL" ? String(answer.json.code) : String(answer?.type);
}

Deno.test("link: takes a file for stored that it has put there, also in an earlier run, and tells of no other", async () => {
  await using fixture = await startLinkServer({ "inbox/old.txt": "old" });
  const { root } = fixture.server;
  const shared = await fixture.share("inbox", { kind: "put", size: 12, count: 1 });
  using peer = await fixture.receiver(shared, CLAIM);
  await peer.put("inbox/new.txt", "new");
  assertEquals(await putTogether(peer, "small"), {});
  assertEquals(await asked(peer, "inbox/new.txt", "new"), "DONE");
  await fixture.restart();
  using again = await fixture.receiver(shared, CLAIM);
  assertEquals(await asked(again, "inbox/new.txt", "new"), "DONE");
  assertEquals(await asked(again, "inbox/small", "small"), "DONE");
  assertEquals(await asked(again, "inbox/new.txt", "nex"), "exists");
  assertEquals(await asked(again, "inbox/old.txt", "old"), "exists");
  assertEquals(await asked(again, "inbox/copy.txt", "old"), "REDY");
  assertEquals(await asked(again, "inbox/copy.txt", "new"), "REDY");
  using stranger = await fixture.receiver(await fixture.share("inbox", { kind: "put" }));
  assertEquals(await asked(stranger, "inbox/new.txt", "new"), "exists");
  root.write("inbox/new.txt", "NEW");
  assertEquals(await asked(again, "inbox/new.txt", "new"), "exists");
  assertEquals(await asked(again, "inbox/new.txt", "NEW"), "exists");
  using alice = await fixture.member();
  const links = (await alice.request("LNKS")).links as Json[];
  assertEquals(links.find(({ link }) => link === shared.link)!.sizeLeft, 4);
});

Deno.test("Client.upload: by a link, a file whose answer was lost is there, and another one is in the way", async () => {
  await using fixture = await startLinkServer({ "inbox/old.txt": "old" });
  const { link: id, secret } = await fixture.share("inbox", { kind: "put" });
  const { server: { port }, data } = fixture;
  const target = { hostname: "127.0.0.1", port, path: "inbox" };
  const files = { "new.txt": "new", "large.bin": "x".repeat(2_000_000), "old.txt": "old" };
  for (const [name, content] of Object.entries(files)) data.write(name, content);
  const send = async (name: string) => {
    await using client = await connect(formatTarget({ ...target, link: { id, secret } }));
    return (await client.upload(data.join(name), { path: `inbox/${name}` })).skipped;
  };
  for (const name of ["new.txt", "large.bin"]) {
    assertEquals([await send(name), await send(name)], [false, true], name);
  }
  await assertRejects(() => send("old.txt"), RequestError, "is there already");
});
