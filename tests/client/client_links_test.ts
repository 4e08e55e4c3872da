import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { within } from "../helpers/deadline.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { SERVER_HELLO } from "../helpers/protocol2_scripted_server.ts";

const HELLO = { ...SERVER_HELLO, features: ["links"] };
const PAGE_LINKS = 100;

/** A link as LNKS answers it. */
function link(number: number) {
  const digits = number.toString().padStart(8, "0");
  const id = digits.replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "");
  return { link: id, kind: "get", path: "a", created: number, expires: number + 1 };
}

/** Lists the links of a server with so many pages. @param firstOf the number of the first link of a page */
async function listPages(pages: number, firstOf = (page: number) => page * PAGE_LINKS) {
  await using server = new ScriptedServer(async (raw) => {
    const peer = new Protocol2Peer(raw);
    await peer.expect("HELO");
    await peer.send("HELO", HELLO);
    let page = 0;
    for (let message = await peer.read(); message !== null; message = await peer.read()) {
      if (message.type !== "LNKS") continue;
      const first = firstOf(page++);
      const links = Array.from({ length: PAGE_LINKS }, (_, i) => link(first + i));
      await peer.send("DONE", { id: message.json.id, links, more: page < pages });
    }
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  try {
    return await within(client.links.list(), "the end of the links");
  } finally {
    client.close();
    await client.closed;
  }
}

Deno.test("ClientLinks.list: fails where the pages do not go on, or are too many", async () => {
  const most = 4 * LIMITS.links / PAGE_LINKS;
  assertEquals((await listPages(most)).length, 4 * LIMITS.links);
  for (const list of [() => listPages(most + 1), () => listPages(3, () => 0)]) {
    assertEquals((await assertRejects(list, ProtocolError)).code, "too-large");
  }
});
