import { assert, assertEquals } from "@std/assert";
import type { Connector } from "../../lib/stream/connector.ts";
import { acceptConnections, type Listener } from "../../lib/stream/listener.ts";
import { closeSocket, type Socket } from "../../lib/stream/socket.ts";
import { DEADLINE_MS, within } from "../helpers/deadline.ts";
import { ascii } from "../helpers/step_sink.ts";
import { readAllBytes } from "../helpers/tls.ts";

/** A listener, and a connector to it. */
export interface ListenerFixture {
  readonly listener: Listener;
  readonly connector: Connector;
}

const LIMITS = { timeoutMs: DEADLINE_MS };

function isPending(promise: Promise<unknown>): Promise<boolean> {
  const nothing = {};
  return Promise.race([promise, Promise.resolve(nothing)]).then((value) => value === nothing);
}

/** The tests that every {@link Listener} has to pass. `open` listens on 127.0.0.1. */
export function testListener(name: string, open: () => Promise<ListenerFixture>): void {
  Deno.test(`${name}: accepts connections that carry bytes both ways`, async () => {
    const { listener, connector } = await open();
    assertEquals(listener.address.hostname, "127.0.0.1");
    assert(listener.address.port > 0);
    const [server, client] = await Promise.all([
      listener.accept(),
      connector.connect(listener.address, LIMITS),
    ]);
    assert(server !== null);
    await client.write(ascii("ping"));
    await client.closeWrite();
    assertEquals(await readAllBytes(server), ascii("ping"));
    await server.write(ascii("pong"));
    await server.closeWrite();
    assertEquals(await readAllBytes(client), ascii("pong"));
    for (const each of [server, client, listener]) closeSocket(each);
  });

  Deno.test(`${name}: accept returns each connection once`, async () => {
    const { listener, connector } = await open();
    const accepted: Socket[] = [];
    const three = Promise.withResolvers<void>();
    const accepting = acceptConnections(listener, (socket) => {
      accepted.push(socket);
      if (accepted.length === 3) three.resolve();
    }, (error) => three.reject(error));
    const clients = await Promise.all(
      [1, 2, 3].map(() => connector.connect(listener.address, LIMITS)),
    );
    await within(three.promise, "three connections");
    const ports = (sockets: readonly Socket[]) =>
      new Set(sockets.map(({ remoteAddr }) => (remoteAddr as Deno.NetAddr).port));
    assertEquals([accepted.length, ports(accepted).size], [3, 3]);
    for (const each of [...accepted, ...clients, listener]) closeSocket(each);
    await within(accepting, "the loop to end");
  });

  Deno.test(`${name}: close ends a pending accept, and all later ones`, async () => {
    const { listener } = await open();
    const accepting = listener.accept();
    assert(await isPending(accepting));
    listener.close();
    listener.close();
    assertEquals(await within(accepting, "accept to end"), null);
    assertEquals(await within(listener.accept(), "accept to end"), null);
  });

  Deno.test(`${name}: close leaves accepted connections open`, async () => {
    const { listener, connector } = await open();
    const [server, client] = await Promise.all([
      listener.accept(),
      connector.connect(listener.address, LIMITS),
    ]);
    listener.close();
    await client.write(ascii("still here"));
    await client.closeWrite();
    assertEquals(await readAllBytes(server!), ascii("still here"));
    for (const each of [server!, client]) closeSocket(each);
  });
}
