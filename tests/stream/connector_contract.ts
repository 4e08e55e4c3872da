import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import type { Connector } from "../../lib/stream/connector.ts";
import type { Endpoint } from "../../lib/stream/endpoint.ts";
import { closeSocket } from "../../lib/stream/socket.ts";
import { listenTcp } from "../../lib/stream/tcp.ts";
import { DEADLINE_MS, within } from "../helpers/deadline.ts";
import { fullListener } from "../helpers/full_listener.ts";
import { ascii } from "../helpers/step_sink.ts";
import { readAllBytes } from "../helpers/tls.ts";

/** A connector, and the endpoint of a server that echoes its input. */
export interface ConnectorFixture extends AsyncDisposable {
  readonly connector: Connector;
  readonly echo: Endpoint;
}

/** The tests that every {@link Connector} has to pass. */
export function testConnector(name: string, open: () => Promise<ConnectorFixture>): void {
  Deno.test(`${name}: connects, and drops its limits once connected`, async () => {
    await using fixture = await open();
    const abort = new AbortController();
    const limits = { timeoutMs: DEADLINE_MS, signal: abort.signal };
    const socket = await fixture.connector.connect(fixture.echo, limits);
    abort.abort();
    await socket.write(ascii("echo"));
    await socket.closeWrite();
    assertEquals(await readAllBytes(socket), ascii("echo"));
    closeSocket(socket);
  });

  Deno.test(`${name}: reports a port that nothing listens on as refused`, async () => {
    await using fixture = await open();
    const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
    const { address } = listener;
    listener.close();
    const error = await assertRejects(
      () => fixture.connector.connect(address, { timeoutMs: DEADLINE_MS }),
      ConnectionError,
      `127.0.0.1:${address.port}`,
    );
    assertEquals(error.code, "refused");
    assert(error.cause instanceof Error);
  });

  Deno.test(`${name}: reports an unknown host as unreachable`, async () => {
    await using fixture = await open();
    const nowhere = { hostname: "nowhere.invalid", port: 1 };
    const error = await assertRejects(
      () => fixture.connector.connect(nowhere, { timeoutMs: DEADLINE_MS }),
      ConnectionError,
      "nowhere.invalid:1",
    );
    assertEquals(error.code, "unreachable");
  });

  Deno.test({
    name: `${name}: gives up after timeoutMs`,
    ignore: Deno.build.os !== "linux", // Other systems refuse connections when the queue is full
    fn: async () => {
      await using fixture = await open();
      using full = await fullListener();
      const error = await assertRejects(
        () => fixture.connector.connect(full.endpoint, { timeoutMs: 50 }),
        ConnectionError,
        "no answer within 0.05 s",
      );
      assertEquals(error.code, "timeout");
    },
  });

  Deno.test({
    name: `${name}: throws the reason of an abort, before and during connecting`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      await using fixture = await open();
      using full = await fullListener();
      const reason = new Error("changed my mind");
      const connect = (signal: AbortSignal) =>
        within( // The signal must end it, not its time limit
          fixture.connector.connect(full.endpoint, { timeoutMs: 10 * DEADLINE_MS, signal }),
          "the end of the attempt",
        );
      assertStrictEquals(await assertRejects(() => connect(AbortSignal.abort(reason))), reason);
      const controller = new AbortController();
      const connecting = connect(controller.signal);
      controller.abort(reason);
      assertStrictEquals(await assertRejects(() => connecting), reason);
    },
  });
}
