/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { linkLogin } from "../../lib/page/net/link_login.ts";
import { downloadJob } from "../../lib/page/state/transfer_jobs.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { PageFixture, until } from "../helpers/page_fixture.ts";

Deno.test("transfers: those that are kept of a link that has ended fail, and are kept no more", async () => {
  await using fixture = await PageFixture.start();
  fixture.login = await linkLogin(`aaaaaaaa.${"b".repeat(20)}`, fixture.browser);
  const { file: _, picked: _1, offerIn: room, ...job } = downloadJob("a.bin", 1);
  fixture.jobs.put([{ ...job, room, tab: "link:aaaaaaaa gone", isPaused: false }]);
  const { connection, transfers } = await fixture.open();
  assertEquals(connection.value.kind, "refused");
  await until(() => transfers.list.value[0]?.state.value === "failed", "the end");
  const { error } = transfers.list.value[0]!;
  assertEquals((error.value as RequestError).reason, "link-unknown");
  assertEquals(fixture.jobs.jobs.size, 0);
});
