import { assert, assertEquals, assertRejects } from "@std/assert";
import type { JoinNews } from "../../lib/cluster/join.ts";
import { isWhole } from "../../lib/cluster/find_log.ts";
import { ClusterError } from "../../lib/protocol/cluster_error.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { within } from "../helpers/deadline.ts";
import { until } from "../helpers/serves_on.ts";
import { diverge, Folders } from "../helpers/joined_servers.ts";

/** Gives a data folder a message from before it was in a cluster. */
function writeHistory(folders: Folders, server: string): void {
  const database = folders.open(server);
  database.exec(
    `INSERT INTO rooms (room, seq, spoken_ms) VALUES ('lobby', 1, 1);
     INSERT INTO messages VALUES ('lobby', 1, '{"text":"from before"}')`,
  );
  database.close();
}

Deno.test("joinCluster: a new server has the history that the first one brought, and says more", async () => {
  using folders = new Folders();
  writeHistory(folders, "aaaaaaaa");
  await using first = await folders.join("aaaaaaaa");
  await first.say("then");
  await using second = await folders.join("bbbbbbbb");
  assertEquals(second.texts, ["from before", "then"]);
  await second.say("last");
  assertEquals(second.texts, ["from before", "then", "last"]);
  assertEquals(await first.rows(), await second.rows());
});

Deno.test("joinCluster: a server that is further behind than the log reaches fetches the state", async () => {
  using folders = new Folders();
  const second = await folders.join("bbbbbbbb");
  // The first one has given no state yet: one that it has given is the same for a minute
  await using first = await folders.join("aaaaaaaa");
  await second.say("one");
  await second[Symbol.asyncDispose]();
  await first.say("two");
  await first.say("three");
  folders.cluster.forgetBefore(folders.cluster.last);
  await using again = await folders.join("bbbbbbbb");
  await again.say("four");
  assertEquals(again.texts, ["one", "two", "three", "four"]);
  assertEquals(await first.rows(), await again.rows());
});

Deno.test("joinCluster: a new server applies the whole log where no other one is there", async () => {
  using folders = new Folders();
  {
    await using first = await folders.join("aaaaaaaa");
    await first.say("one");
  }
  await using second = await folders.join("bbbbbbbb");
  assertEquals(second.texts, ["one"]);
});

Deno.test("joinCluster: waits for a server where the log builds on a state that is not there", async () => {
  using folders = new Folders();
  writeHistory(folders, "aaaaaaaa");
  {
    await using first = await folders.join("aaaaaaaa");
    await first.say("then");
  }
  const joining = folders.join("bbbbbbbb", { waitMs: 100 });
  const error = await assertRejects(() => joining, ClusterError);
  assertEquals(error.code, "unreachable");
  await using _first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  assertEquals(second.texts, ["from before", "then"]);
});

Deno.test("joinCluster: a server takes the state of another one where the log has lost a record", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  {
    await using second = await folders.join("bbbbbbbb");
    await second.say("one");
  }
  (await folders.sayToLose(first, "two", "three"))();
  // One that was away, and one that is new and gets the state that the other one has taken before
  for (const server of ["bbbbbbbb", "cccccccc"]) {
    await using again = await folders.join(server);
    assertEquals(again.texts, ["one", "two", "three"]);
    assertEquals(await first.rows(), await again.rows());
    assert(!folders.hasOld(server));
  }
});

Deno.test("joinCluster: keeps the state of a server that has diverged before a record that the log has lost", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  {
    await using third = await folders.join("cccccccc");
    await third.say("one");
  }
  diverge(folders, "cccccccc");
  const lose = await folders.sayToLose(first, "two", "three");
  await second.rows();
  lose();
  await using third = await folders.join("cccccccc");
  assertEquals(third.texts, ["one", "two", "three"]);
  assert(folders.hasOld("cccccccc"));
});

Deno.test("joinCluster: waits for a server that has applied the record that the log has lost", async () => {
  using folders = new Folders();
  {
    await using first = await folders.join("aaaaaaaa");
    (await folders.sayToLose(first, "one", "two"))();
  }
  const news: JoinNews[] = [];
  const error = await assertRejects(
    () => folders.join("bbbbbbbb", { waitMs: 100, news }),
    ClusterError,
  );
  assertEquals(error.code, "record-lost");
  assert(news.some((each) => each.state === "waiting"));
  await using _first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  assertEquals(second.texts, ["one", "two"]);
});

Deno.test("joinCluster: waits for a server that holds what a log that went back has other records for", async () => {
  using folders = new Folders();
  const { cluster } = folders;
  {
    await using first = await folders.join("aaaaaaaa");
    for (const server of ["bbbbbbbb", "cccccccc"]) {
      await using _ = await folders.join(server);
    }
    await first.rows();
    const kept = cluster.last;
    await first.say("one");
    await first.say("two");
    const record = first.nextRecord();
    cluster.lose(kept); // Its machines come back as they were, and take what the server appends again
    for (const _ of ["one", "two", "three"]) await cluster.append(record);
  }
  for (const server of ["bbbbbbbb", "cccccccc"]) {
    const error = await assertRejects(() => folders.join(server, { waitMs: 0 }), ClusterError);
    assertEquals(error.code, "record-lost");
  }
  const database = folders.open("bbbbbbbb");
  assert(!await isWhole(cluster.connect().log, database)); // So that it can be the seed of another log
  database.close();
  await using first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  assertEquals([first.texts, second.texts], [["one", "two"], ["one", "two"]]);
  assertEquals(await first.rows(), await second.rows());
});

Deno.test("joinCluster: a server that has diverged from most takes their state, and keeps its own beside", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  {
    await using third = await folders.join("cccccccc");
    await third.say("one");
  }
  diverge(folders, "cccccccc");
  await second.rows();
  await using third = await folders.join("cccccccc");
  assertEquals(third.texts, ["one"]);
  assert(folders.hasOld("cccccccc"));
  await third.say("two");
  assertEquals(await first.rows(), await third.rows());
});

Deno.test("joinCluster: refuses a server that has diverged from as many as agree with it", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  {
    await using second = await folders.join("bbbbbbbb");
    await second.say("one");
  }
  diverge(folders, "bbbbbbbb");
  await first.rows();
  const error = await assertRejects(() => folders.join("bbbbbbbb"), ClusterError);
  assertEquals(error.code, "diverged");
  assert(!folders.hasOld("bbbbbbbb"));
});

Deno.test("JoinedView.release: declares the run of a halted server gone: nothing comes later of what it has under way", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  await first.say("one");
  const { incarnation } = first.joined.log;
  first.engine.cut();
  const late = assertRejects(() => first.say("late"), RequestError); // It leaves once the log is there
  first.joined.log.halt(1);
  first.engine.mend();
  const session = `aaaaaaaa-${"0".repeat(32)}`;
  await within(second.joined.view.release(session), "the end of the session");
  const row = second.database.prepare("SELECT gone FROM origins WHERE incarnation = ?")
    .get(incarnation);
  assert(row?.gone !== null);
  await within(first.joined.view.release(session), "the end of the session at itself");
  await late;
  assertEquals(second.texts, ["one"]);
});

Deno.test("guardDivergence: halts a server that has applied other records than most, and no other", async () => {
  using folders = new Folders();
  await using first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  await using third = await folders.join("cccccccc");
  await second.say("one");
  await third.rows();
  const halted = Promise.withResolvers<void>();
  using _ = third.joined.log.onStop((stop) => stop?.code === "diverged" && halted.resolve());
  third.database.exec("UPDATE chains SET chain = '0000000000000000'");
  await within(halted.promise, "the halt");
  const error = await assertRejects(() => third.say("lost"), RequestError);
  assertEquals([error.code, error.reason], ["busy", "cluster-halted"]);
  await first.say("two");
  assertEquals(await first.rows(), await second.rows());
  assertEquals([second.texts, third.texts], [["one", "two"], ["one"]]);
});

Deno.test("guardDivergence: halts a server at once that applies what a log that went back has other records for", async () => {
  using folders = new Folders();
  const { cluster } = folders;
  await using first = await folders.join("aaaaaaaa");
  await using second = await folders.join("bbbbbbbb");
  await using third = await folders.join("cccccccc");
  await until(() => third.joined.beats.list().length === 2, "the others");
  await third.rows();
  const kept = cluster.last;
  third.engine.cut();
  for (const text of ["one", "two", "three"]) await first.say(text);
  await second.rows();
  const record = first.nextRecord();
  cluster.lose(kept);
  await cluster.append(record);
  const halted = Promise.withResolvers<void>();
  using _ = third.joined.log.onStop((stop) => stop?.code === "diverged" && halted.resolve());
  third.engine.mend(); // It has applied less than the others: no heartbeat can be compared
  await within(halted.promise, "the halt");
  assertEquals([first.joined.log.stop, second.joined.log.stop], [null, null]);
  for (const _ of ["two", "three"]) await cluster.append(record); // So that the others can leave
});
