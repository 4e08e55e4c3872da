/// <reference lib="dom" />
import { assertEquals, assertRejects } from "@std/assert";
import type { LaterTransfers } from "../../lib/page/state/later_transfers.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { PageFixture, until } from "../helpers/page_fixture.ts";

/** What was dropped: folders without files. */
function emptyTree(...emptyFolders: string[]) {
  return { files: (async function* () {})(), emptyFolders };
}

const transfersOf = (page: { transfers: unknown }) => (page.transfers as LaterTransfers).ready;

const kinds = (fixture: PageFixture, paths: readonly string[]) =>
  paths.map((path) => Deno.statSync(fixture.server.root.join(path)).isDirectory);

Deno.test("sendTree: makes empty folders once the connection is back", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  fixture.proxy.cutAll("reset");
  await until(() => page.connection.value.kind !== "open", "the loss");
  const made = transfers.sendTree(emptyTree("a/b", "c"), "in");
  page.reconnect();
  await made;
  assertEquals(kinds(fixture, ["in/a/b", "in/c"]), [true, true]);
});

Deno.test("sendTree: makes the other folders when one is refused, and tells of that one", async () => {
  await using fixture = await PageFixture.start({ uploads: true }, { file: "" });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  await assertRejects(() => transfers.sendTree(emptyTree("file", "c"), ""), RequestError);
  assertEquals(kinds(fixture, ["c"]), [true]);
});

Deno.test("sendTree: waits for no connection once the page is left", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  fixture.proxy.cutAll("reset");
  await until(() => page.connection.value.kind !== "open", "the loss");
  const made = transfers.sendTree(emptyTree("a"), "");
  fixture.close();
  await assertRejects(() => made);
});
