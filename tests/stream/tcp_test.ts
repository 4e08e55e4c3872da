import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers";
import { nextTurn } from "../../lib/async/next_turn.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { acceptConnections, type Listener } from "../../lib/stream/listener.ts";
import type { Socket } from "../../lib/stream/socket.ts";
import { listenTcp, tcpConnector, TcpListener } from "../../lib/stream/tcp.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { echoServer } from "../helpers/echo_server.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { testConnector } from "./connector_contract.ts";
import { testListener } from "./listener_contract.ts";

const ANY_PORT = { hostname: "127.0.0.1", port: 0 };

testListener(
  "TcpListener",
  () => Promise.resolve({ listener: listenTcp(ANY_PORT), connector: tcpConnector }),
);

testConnector("tcpConnector", () => {
  const server = echoServer(listenTcp(ANY_PORT));
  return Promise.resolve({
    connector: tcpConnector,
    echo: server.address,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  });
});

/** A listener that returns or throws the given items in turn, and then is closed. */
function scriptedListener(...script: Array<Error | Socket>): Listener {
  const accept = () => {
    const next = script.shift() ?? null;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  return { accept, address: ANY_PORT, close: () => {} };
}

/** The same for the system's listener. */
function scriptedTcpListener(...script: Array<Error | Deno.Conn>): TcpListener {
  const accept = () => {
    const next = script.shift() ?? new Deno.errors.BadResource("closed");
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  return new TcpListener({ accept } as Partial<Deno.TcpListener> as Deno.TcpListener);
}

function outOfDescriptors(): Error {
  return Object.assign(new Error("Too many open files"), { code: "EMFILE" });
}

Deno.test("acceptConnections: continues after errors, and reports a series of them once", async () => {
  const sockets = [{}, {}] as Socket[];
  const series = [outOfDescriptors(), outOfDescriptors(), outOfDescriptors()];
  const later = outOfDescriptors();
  const accepted: unknown[] = [];
  const errors: unknown[] = [];
  await acceptConnections(
    scriptedListener(...series, sockets[0]!, later, sockets[1]!),
    (socket) => accepted.push(socket),
    (error) => errors.push(error),
  );
  assertEquals(accepted.length, 2);
  assertStrictEquals(accepted[0], sockets[0]);
  assertStrictEquals(accepted[1], sockets[1]);
  assertEquals(errors.length, 2);
  assertStrictEquals(errors[0], series[0]);
  assertStrictEquals(errors[1], later);
});

Deno.test("TcpListener: gives others a turn, though connections are always ready", async () => {
  const conns = Array.from({ length: 3 * LIMITS.acceptedAtOnce }, () => ({}) as Deno.Conn);
  const acceptedAtTurn: number[] = [];
  let accepted = 0;
  const onTurn = () => {
    acceptedAtTurn.push(accepted);
    if (accepted < conns.length) setImmediate(onTurn);
  };
  setImmediate(onTurn);
  await acceptConnections(scriptedTcpListener(...conns), () => accepted++, () => {});
  await nextTurn();
  const steps = acceptedAtTurn.map((count, turn) => count - (acceptedAtTurn[turn - 1] ?? 0));
  assertEquals(steps.reduce((sum, step) => sum + step, 0), conns.length);
  assertEquals(steps.filter((step) => step > LIMITS.acceptedAtOnce), []);
});

Deno.test("TcpListener: skips peers that leave before they are accepted", async () => {
  const gone = [
    new Deno.errors.NotConnected("Transport endpoint is not connected (os error 107)"),
    new Deno.errors.ConnectionAborted("gone"),
    new Deno.errors.ConnectionReset("gone"),
  ];
  const conn = {} as Deno.Conn;
  const listener = scriptedTcpListener(...gone, conn);
  assertStrictEquals(await listener.accept(), conn);
  assertEquals(await listener.accept(), null);
});

Deno.test("TcpListener: returns null when accepting is interrupted", async () => {
  const interrupted = new Deno.errors.Interrupted("operation canceled");
  assertEquals(await scriptedTcpListener(interrupted).accept(), null);
});

Deno.test("TcpListener: rethrows errors of accepting, and tries again at the next call", async () => {
  const conn = {} as Deno.Conn;
  const listener = scriptedTcpListener(outOfDescriptors(), conn);
  await assertRejects(() => listener.accept(), Error, "Too many open files");
  assertStrictEquals(await listener.accept(), conn);
});

Deno.test("listenTcp: throws in-use for a port that is taken", () => {
  const listener = listenTcp(ANY_PORT);
  const { address } = listener;
  const where = `127.0.0.1:${address.port}`;
  const error = assertThrows(() => listenTcp(address), ConnectionError, where);
  assertEquals([error.code, error.address], ["in-use", where]);
  listener.close();
});

Deno.test("tcpConnector: closes a connection that is made as its signal fires", async () => {
  const listener = Deno.listen(ANY_PORT);
  const { port } = listener.addr;
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  const { connect } = Deno;
  Deno.connect = (async ({ hostname, port }: Deno.ConnectOptions) => {
    const conn = await connect({ hostname: hostname!, port });
    controller.abort(reason);
    return conn;
  }) as typeof Deno.connect;
  try {
    const limits = { timeoutMs: DEADLINE_MS, signal: controller.signal };
    const error = await assertRejects(() =>
      tcpConnector.connect({ hostname: "127.0.0.1", port }, limits)
    );
    assertStrictEquals(error, reason);
  } finally {
    Deno.connect = connect;
  }
  using server = new RawPeer(await listener.accept());
  assertEquals(await server.readToEnd(), []);
  listener.close();
});
