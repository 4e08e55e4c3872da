import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { acceptConnections, connectTcp, listenTcp } from "../../lib/stream/tcp.ts";
import { within } from "../helpers/deadline.ts";

const HOSTNAME = "127.0.0.1";
const endpoint = (port: number) => ({ hostname: HOSTNAME, port });

/** A listener whose `accept` does one given thing after the other, and is closed then. */
function scriptedListener(...script: Array<Error | Deno.Conn>): Deno.Listener {
  const accept = () => {
    const next = script.shift() ?? new Deno.errors.BadResource("closed");
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  return { accept } as Partial<Deno.Listener> as Deno.Listener;
}

function outOfDescriptors(): Error {
  return Object.assign(new Error("Too many open files"), { code: "EMFILE" });
}

/** A port whose queue of connections that nobody accepts is full: connecting takes for ever. */
async function fullListener(): Promise<{ port: number } & Disposable> {
  const listener = Deno.listen({ hostname: HOSTNAME, port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  const stack = new DisposableStack();
  stack.use(listener);
  for (;;) {
    try {
      stack.use(await connectTcp(endpoint(port), { timeoutMs: 200 }));
    } catch {
      return { port, [Symbol.dispose]: () => stack.dispose() };
    }
  }
}

Deno.test("acceptConnections hands connections on until the listener is closed", async () => {
  const listener = listenTcp(endpoint(0));
  const arrived = Promise.withResolvers<void>();
  let count = 0;
  const accepting = acceptConnections(listener, (conn) => {
    conn.close();
    if (++count === 3) arrived.resolve();
  }, (error) => arrived.reject(error));
  for (let i = 0; i < 3; i++) {
    using conn = await Deno.connect({ port: listener.addr.port });
    assertEquals(await conn.read(new Uint8Array(1)), null);
  }
  await within(arrived.promise, "three connections");
  listener.close();
  await within(accepting, "the loop to end");
});

Deno.test("acceptConnections goes on after errors, and reports a row of them once", async () => {
  const conns = [{}, {}] as Deno.Conn[];
  const row = [outOfDescriptors(), outOfDescriptors(), outOfDescriptors()];
  const later = outOfDescriptors();
  const accepted: unknown[] = [];
  const errors: unknown[] = [];
  await acceptConnections(
    scriptedListener(...row, conns[0]!, later, conns[1]!),
    (conn) => accepted.push(conn),
    (error) => errors.push(error),
  );
  assertEquals(accepted.length, 2);
  assertStrictEquals(accepted[0], conns[0]);
  assertStrictEquals(accepted[1], conns[1]);
  assertEquals(errors.length, 2);
  assertStrictEquals(errors[0], row[0]);
  assertStrictEquals(errors[1], later);
});

Deno.test("acceptConnections passes over peers that are gone before they are accepted", async () => {
  const gone = [
    new Deno.errors.NotConnected("Transport endpoint is not connected (os error 107)"),
    new Deno.errors.ConnectionAborted("gone"),
    new Deno.errors.ConnectionReset("gone"),
  ];
  const conn = {} as Deno.Conn;
  const accepted: unknown[] = [];
  const errors: unknown[] = [];
  await acceptConnections(
    scriptedListener(...gone, conn),
    (conn) => accepted.push(conn),
    (error) => errors.push(error),
  );
  assertEquals([accepted.length, errors], [1, []]);
});

Deno.test("acceptConnections ends when accepting is interrupted", async () => {
  const interrupted = new Deno.errors.Interrupted("operation canceled");
  const errors: unknown[] = [];
  await acceptConnections(scriptedListener(interrupted), () => {}, (error) => errors.push(error));
  assertEquals(errors, []);
});

Deno.test("listenTcp fails on a port that is taken", () => {
  using listener = listenTcp(endpoint(0));
  const where = `127.0.0.1:${listener.addr.port}`;
  const error = assertThrows(() => listenTcp(endpoint(listener.addr.port)), ConnectionError, where);
  assertEquals([error.code, error.where], ["in-use", where]);
});

Deno.test("connectTcp connects, and its timeout is over then", async () => {
  using listener = listenTcp(endpoint(0));
  const accepting = listener.accept();
  using conn = await connectTcp(endpoint(listener.addr.port), { timeoutMs: 10_000 });
  using _accepted = await accepting;
  assertEquals(conn.remoteAddr.port, listener.addr.port);
});

Deno.test("connectTcp says that nothing listens", async () => {
  const listener = listenTcp(endpoint(0));
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () => connectTcp(endpoint(port), { timeoutMs: 10_000 }),
    ConnectionError,
    `Cannot connect to 127.0.0.1:${port}: nothing listens there`,
  );
  assertEquals(error.code, "refused");
  assert(error.cause instanceof Deno.errors.ConnectionRefused);
});

Deno.test("connectTcp says that a name leads nowhere", async () => {
  const error = await assertRejects(
    () => connectTcp({ hostname: "nowhere.invalid", port: 1 }, { timeoutMs: 10_000 }),
    ConnectionError,
    "Cannot connect to nowhere.invalid:1",
  );
  assertEquals(error.code, "unreachable");
});

Deno.test({
  name: "connectTcp gives up in time",
  ignore: Deno.build.os !== "linux", // Others refuse where the queue is full
  fn: async () => {
    using full = await fullListener();
    const connecting = connectTcp(endpoint(full.port), { timeoutMs: 50 });
    const error = await assertRejects(() => connecting, ConnectionError, "no answer within 0.05 s");
    assertEquals(error.code, "timeout");
  },
});

Deno.test({
  name: "connectTcp ends with the reason of an abort, before and while it connects",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using full = await fullListener();
    const reason = new Error("changed my mind");
    const before = AbortSignal.abort(reason);
    const options = { timeoutMs: 10_000 };
    assertStrictEquals(
      await assertRejects(() => connectTcp(endpoint(full.port), { ...options, signal: before })),
      reason,
    );
    const controller = new AbortController();
    const { signal } = controller;
    const connecting = connectTcp(endpoint(full.port), { ...options, signal });
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => connecting), reason);
  },
});
