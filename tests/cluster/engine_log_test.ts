import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { EntryOf } from "../../lib/cluster/entry.ts";
import type { Progress } from "../../lib/cluster/state_machine.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { within } from "../helpers/deadline.ts";
import { LogScene } from "../helpers/log_scene.ts";
import { MemoryCluster } from "../helpers/memory_engine.ts";
import { through } from "../helpers/through.ts";

const [A, B] = ["aaaaaaaa", "bbbbbbbb"];

function say(text: string, room = "lobby"): EntryOf<"say"> {
  return { kind: "say", room, draft: { event: "message", from: "ana", text, time: 0 } };
}

/** Two servers in step. */
function openTwo() {
  const cluster = new MemoryCluster(7, { delays: 0.3 });
  const [a, b] = [new LogScene(cluster, { id: A }), new LogScene(cluster, { id: B })];
  return { cluster, a, b };
}

function textsOf(scene: LogScene): string[] {
  const texts: string[] = [];
  scene.log.on("say", ({ entry: { draft } }) => {
    if (draft.event === "message") texts.push(draft.text);
  });
  return texts;
}

Deno.test("EngineLog: tells the entries of all servers in one order, own ones with their token", async () => {
  const { a, b } = openTwo();
  await using _a = a;
  await using _b = b;
  const orders = [textsOf(a), textsOf(b)];
  const tokens: unknown[] = [];
  a.log.on("say", ({ token }) => tokens.push(token));
  const appended = through(1, 20).flatMap((i) => [
    a.log.append(say(`a${i}`), i),
    b.log.append(say(`b${i}`), -i),
  ]);
  const outcomes = await within(Promise.all(appended), "the outcomes");
  assertEquals(outcomes.map(({ seq }) => seq).toSorted((x, y) => x - y), through(1, 40));
  await within(Promise.all([a.log.reached(b.log.applied), b.log.reached(a.log.applied)]), "both");
  assertEquals(orders[0], orders[1]);
  assertEquals(tokens.filter((token) => token !== null), through(1, 20));
  assertEquals(a.log.chain, b.log.chain);
});

Deno.test("EngineLog.onRun: tells those of a kind that follow each other in one call, and others in between", async () => {
  await using scene = new LogScene(new MemoryCluster(1), { id: A });
  const told: string[] = [];
  scene.log.onRun("say", (run) => told.push(`say ${run.length}`));
  scene.log.on("hi", () => told.push("hi"));
  const hi = { kind: "hi", server: A, host: "a", port: 1, fingerprint: null } as const;
  await Promise.all(
    [say("a"), say("b"), hi, say("c")].map((entry) =>
      scene.log.append(entry).then(() => told.push("done"))
    ),
  );
  assertEquals(told, ["say 2", "hi", "say 1", "done", "done", "done", "done"]);
});

Deno.test("EngineLog: goes on as another incarnation when it was declared gone, and loses nothing", async () => {
  const { a, b } = openTwo();
  await using _a = a;
  await using _b = b;
  const former = a.log.incarnation;
  const began: string[] = [];
  a.log.onIncarnation(() => began.push(a.log.incarnation));
  a.engine.cut(); // A frozen server
  const waits = a.log.append(say("while it was frozen"));
  await b.log.append({ kind: "gone", incarnation: former });
  a.engine.mend();
  assertEquals((await within(waits, "the outcome")).seq, 1);
  assertNotEquals(a.log.incarnation, former);
  assertEquals(began, [a.log.incarnation]);
  assertEquals((await a.log.append(say("then"))).seq, 2);
});

Deno.test("EngineLog.caughtUp: waits for what another server got an outcome for", async () => {
  const { a, b } = openTwo();
  await using _a = a;
  await using _b = b;
  const texts = textsOf(b);
  for (const text of ["one", "two", "three"]) {
    await a.log.append(say(text));
    await within(b.log.caughtUp(), "the barrier");
    assertEquals(texts.at(-1), text);
  }
});

Deno.test("EngineLog.caughtUp: lets pass at once while the engine is lost", async () => {
  await using scene = new LogScene(new MemoryCluster(1));
  scene.engine.cut();
  await within(scene.log.caughtUp(), "the barrier", () => {}, 500);
});

Deno.test("EngineLog: refuses entries while its database fails, and applies all once it works again", async () => {
  await using scene = new LogScene(new MemoryCluster(1));
  const { machine } = scene.replica;
  const apply = machine.apply.bind(machine);
  const failure: Progress = {
    applied: [],
    consumed: 0,
    stop: { code: "no-space", place: 1, origin: null, error: new Error("full") },
  };
  machine.apply = () => failure;
  const stops: unknown[] = [];
  const recovered = Promise.withResolvers<void>();
  scene.log.onStop((stop) => {
    stops.push(stop?.code ?? null);
    if (stop === null) recovered.resolve();
    else machine.apply = apply;
  });
  const inFlight = scene.log.append(say("in flight"));
  inFlight.then(() => stops.push("applied"));
  while (stops.length === 0) await new Promise((resolve) => setTimeout(resolve));
  const refused = await assertRejects(() => scene.log.append(say("later")), RequestError);
  assertEquals(refused.code, "no-space");
  await within(recovered.promise, "the database");
  assertEquals((await within(inFlight, "the outcome")).seq, 1);
  assertEquals(stops, ["no-space", null, "applied"]);
  assertEquals((await scene.log.append(say("on"))).seq, 2);
});

Deno.test("EngineLog: halts before a record that the log has lost, and goes on once it is there", async () => {
  const cluster = new MemoryCluster(1);
  await using scene = new LogScene(cluster, { id: A });
  const texts = textsOf(scene);
  await within(scene.log.append(say("one")), "the outcome");
  scene.engine.cut();
  {
    await using other = new LogScene(cluster, { id: B });
    for (const text of ["two", "three"]) await other.log.append(say(text));
  }
  const { records } = cluster;
  cluster.lose(1, 1);
  const stops: unknown[] = [];
  const goesOn = Promise.withResolvers<void>();
  scene.log.onStop((stop) => {
    stops.push(stop && [stop.code, stop.place]);
    if (stop === null) return goesOn.resolve();
    assertEquals(texts, ["one"]);
    cluster.records = records; // Another machine that keeps the log has it
  });
  scene.engine.mend();
  await within(goesOn.promise, "the end of the halt");
  assertEquals(stops, [["gap", 2], null]);
  await within(scene.log.reached(3), "the rest");
  assertEquals(texts, ["one", "two", "three"]);
});

Deno.test("EngineLog: stays halted where it has diverged, though its database failed before", async () => {
  await using scene = new LogScene(new MemoryCluster(1));
  const { machine } = scene.replica;
  const stop = { code: "failed", place: 1, origin: null, error: new Error("no") } as const;
  machine.apply = () => ({ applied: [], consumed: 0, stop });
  const failed = Promise.withResolvers<void>();
  scene.log.onStop(() => failed.resolve());
  scene.log.append(say("in flight")).catch(() => {});
  await within(failed.promise, "the failure");
  scene.log.halt(1);
  let applied = 0;
  machine.apply = () => ({ applied: [], consumed: ++applied, stop: null });
  await using other = new LogScene(new MemoryCluster(1)); // It reads again, later than this one would
  other.replica.machine.apply = () => ({ applied: [], consumed: 0, stop });
  const readAgain = Promise.withResolvers<void>();
  other.log.onStop(() => {
    other.replica.machine.apply = () => {
      readAgain.resolve();
      return { applied: [], consumed: 1, stop: null };
    };
  });
  other.log.append(say("in flight")).catch(() => {});
  await within(readAgain.promise, "another look");
  assertEquals([applied, scene.log.stop?.code], [0, "diverged"]);
});

Deno.test("EngineLog.leave: appends what waits, then that it is gone, and nothing after it", async () => {
  const { a, b } = openTwo();
  await using _a = a;
  await using _b = b;
  const gone: string[] = [];
  b.log.on("gone", ({ entry }) => gone.push(entry.incarnation));
  const texts = textsOf(b);
  const { incarnation } = a.log;
  const last = a.log.append(say("last words"));
  const left = a.log.leave(5_000);
  const late = await assertRejects(() => a.log.append(say("late")), RequestError);
  assertEquals(late.code, "shutting-down");
  await within(Promise.all([last, left]), "the end");
  assertEquals(a.log.incarnation, incarnation);
  await within(b.log.reached(a.log.applied), "the other server");
  assertEquals([gone, texts], [[incarnation], ["last words"]]);
});

Deno.test("EngineLog.leave: gives up after its time while the engine is lost", async () => {
  await using scene = new LogScene(new MemoryCluster(1));
  scene.engine.cut();
  await within(scene.log.leave(20), "the end");
});
