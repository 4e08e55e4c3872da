import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { begun, DataConnectionsFixture, type Use } from "../helpers/data_links.ts";
import { within } from "../helpers/deadline.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Counts the different connections of the uses. */
function linksOf(uses: readonly Use[]): number {
  return new Set(uses.map(({ link }) => link)).size;
}

Deno.test("DataConnectionPool: opens a connection only when needed, and uses it again", async () => {
  await using fixture = new DataConnectionsFixture(4);
  assertEquals(fixture.opened, 0);
  const links: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const use = fixture.use(10 * MIB);
    await use.begun();
    links.push(use.link);
    await use.end();
    assertEquals(await use.outcome, "done");
  }
  assertEquals([fixture.opened, new Set(links).size], [1, 1]);
});

Deno.test("DataConnectionPool: queues 32 small files on a connection before it opens another", async () => {
  await using fixture = new DataConnectionsFixture(4);
  const uses = fixture.useMany(32, KIB);
  await begun(uses);
  assertEquals([linksOf(uses), fixture.opened], [1, 1]);
  const next = fixture.use(KIB);
  await next.begun();
  assertEquals(fixture.opened, 2);
  assertNotStrictEquals(next.link, uses[0]!.link);
  await Promise.all([...uses, next].map((use) => use.end()));
});

Deno.test("DataConnectionPool: queues files up to 1 MiB in total on a connection", async () => {
  for (
    const [sizes, connections] of [
      [[512 * KIB, 512 * KIB], 1],
      [[512 * KIB, 512 * KIB + 1], 2],
      [[MIB - 1, 1, 0], 1],
      [[MIB, 0], 1],
      [[MIB, 1], 2],
      [[10 * MIB, 0], 2],
      [[0, 10 * MIB], 2],
      [[10 * MIB, 10 * MIB], 2],
    ] as const
  ) {
    await using fixture = new DataConnectionsFixture(4);
    const uses = sizes.map((bytes) => fixture.use(bytes));
    await begun(uses);
    assertEquals([linksOf(uses), fixture.opened], [connections, connections], sizes.join());
    await Promise.all(uses.map((use) => use.end()));
  }
});

Deno.test("DataConnectionPool: over a long way, opens all connections before large files share one", async () => {
  await using fixture = new DataConnectionsFixture(2, () => 32); // 4 MiB are on the way
  const uses = [2 * MIB, 2 * MIB, 2 * MIB, 2 * MIB].map((bytes) => fixture.use(bytes));
  await begun(uses);
  assertEquals([linksOf(uses.slice(0, 2)), linksOf(uses)], [2, 2]);
  const next = fixture.use(1);
  await flushTasks();
  assertEquals(next.isRunning, false);
  await Promise.all(uses.map((use) => use.end()));
  await next.begun();
  await next.end();
});

Deno.test("DataConnectionPool: gives a small file the first connection with room", async () => {
  await using fixture = new DataConnectionsFixture(4);
  const large = fixture.useMany(2, 10 * MIB);
  const small = fixture.use(KIB);
  await begun([...large, small]);
  await large[0]!.end();
  const next = fixture.use(KIB);
  await next.begun();
  assertStrictEquals(next.link, large[0]!.link);
  assertEquals(fixture.opened, 3);
  await Promise.all([large[1]!, small, next].map((use) => use.end()));
});

Deno.test("DataConnectionPool: opens no more connections than the limit, and queues further files", async () => {
  await using fixture = new DataConnectionsFixture(2);
  const uses = fixture.useMany(5, 10 * MIB);
  await begun(uses.slice(0, 2));
  await flushTasks();
  const running = () => uses.map(({ isRunning }) => isRunning);
  assertEquals([fixture.opened, running()], [2, [true, true, false, false, false]]);
  await uses[1]!.end();
  await uses[2]!.begun();
  assertStrictEquals(uses[2]!.link, uses[1]!.link);
  assertEquals(running(), [true, true, true, false, false]);
  await uses[0]!.end();
  await uses[2]!.end();
  await begun(uses);
  assertEquals(fixture.opened, 2);
  await Promise.all(uses.slice(3).map((use) => use.end()));
});

Deno.test("DataConnectionPool: lets no small file overtake a waiting large file", async () => {
  await using fixture = new DataConnectionsFixture(1);
  const first = fixture.use(KIB);
  await first.begun();
  const large = fixture.use(10 * MIB);
  const small = fixture.use(KIB);
  await flushTasks();
  assertEquals([large.isRunning, small.isRunning], [false, false]);
  await first.end();
  await large.begun();
  await flushTasks();
  assertEquals(small.isRunning, false);
  await large.end();
  await small.begun();
  await small.end();
});

Deno.test("DataConnectionPool: starts waiting small files together", async () => {
  await using fixture = new DataConnectionsFixture(1);
  const large = fixture.use(10 * MIB);
  await large.begun();
  const small = fixture.useMany(40, KIB);
  await large.end();
  await begun(small.slice(0, 32));
  await flushTasks();
  assertEquals(small.map(({ isRunning }) => isRunning).lastIndexOf(true), 31);
  await small[5]!.end();
  await small[32]!.begun();
  await Promise.all(small.map((use) => use.end()));
});

Deno.test("DataConnectionPool: rejects with the error of the work, and frees its place", async () => {
  await using fixture = new DataConnectionsFixture(1);
  const failing = fixture.use(10 * MIB);
  const next = fixture.use(10 * MIB);
  await failing.begun();
  const error = new Error("the error of the work");
  await failing.end(error);
  assertStrictEquals(await failing.outcome, error);
  await next.begun();
  await next.end();
  assertEquals(fixture.opened, 1);
});

Deno.test("DataConnectionPool: fails all waiting files when opening fails, and opens again for the next", async () => {
  await using fixture = new DataConnectionsFixture(1);
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  fixture.failure = new ConnectionError("refused", "no");
  const together = fixture.useMany(3, KIB);
  const waiting = fixture.use(10 * MIB);
  await flushTasks();
  assertEquals(fixture.opened, 1);
  gate.resolve();
  for (const use of [...together, waiting]) assertStrictEquals(await use.outcome, fixture.failure);
  assertEquals(fixture.opened, 2); // First for the small files, then for the large file
  fixture.failure = null;
  const next = fixture.use(KIB);
  await next.begun();
  await next.end();
});

Deno.test("DataConnectionPool: does not use a closed connection again", async () => {
  await using fixture = new DataConnectionsFixture(1);
  const first = fixture.use(KIB);
  await first.begun();
  await first.end();
  fixture.peers[0]!.close();
  await within(first.link!.closed, "the end of the connection");
  const second = fixture.use(KIB);
  await second.begun();
  assertNotStrictEquals(second.link, first.link);
  assertEquals(fixture.opened, 2);
  await second.end();
});

Deno.test("DataConnectionPool: opens another connection for waiting files when a connection closes", async () => {
  await using fixture = new DataConnectionsFixture(1);
  const first = fixture.use(10 * MIB);
  const waiting = fixture.use(10 * MIB);
  await first.begun();
  fixture.peers[0]!.close();
  await waiting.begun();
  assertEquals(first.link!.isClosed, true);
  assertEquals(fixture.opened, 2);
  await Promise.all([first.end(), waiting.end()]);
  const next = fixture.use(10 * MIB);
  await next.begun();
  assertStrictEquals(next.link, waiting.link);
  await next.end();
});

Deno.test("DataConnectionPool.quit: sends QUIT on every connection", async () => {
  await using fixture = new DataConnectionsFixture(4);
  const uses = fixture.useMany(2, 10 * MIB);
  await begun(uses);
  await Promise.all(uses.map((use) => use.end()));
  const quitting = fixture.links.quit();
  for (const peer of fixture.peers) {
    await peer.expect("QUIT");
    await peer.closeWrite();
  }
  await quitting;
  for (const { link } of uses) assert(link!.isClosed);
});

Deno.test("DataConnectionPool.close: closes every connection, also a connection that is being opened", async () => {
  await using fixture = new DataConnectionsFixture(4);
  const open = fixture.use(10 * MIB);
  await open.begun();
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  const opening = fixture.use(10 * MIB);
  await flushTasks();
  fixture.links.close();
  fixture.links.close();
  assertEquals(await within(open.link!.closed, "the end of the connection"), null);
  gate.resolve();
  await opening.begun();
  assertEquals(await within(opening.link!.closed, "the end of the connection"), null);
  await Promise.all([open.end(), opening.end()]);
});

Deno.test("DataConnectionPool.close: rejects waiting and later files, and opens nothing", async () => {
  await using fixture = new DataConnectionsFixture(1);
  const first = fixture.use(10 * MIB);
  await first.begun();
  const waiting = fixture.useMany(3, 10 * MIB);
  fixture.links.close();
  const later = fixture.use(KIB);
  for (const use of [...waiting, later]) {
    const error = await within(use.outcome, "the end of the wait");
    assert(error instanceof ConnectionError, String(error));
    assertEquals(error.code, "lost");
  }
  await first.end();
  assertEquals(fixture.opened, 1);
  await assertRejects(() => fixture.links.use(0, () => Promise.resolve()), ConnectionError);
});
