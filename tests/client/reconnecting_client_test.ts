import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

const HERE = "127.0.0.1";

/** Connects a reconnecting client; disposal quits. */
async function connectTo({ port }: TestServer, signal?: AbortSignal) {
  const reconnecting = await ReconnectingClient.connect({
    hostname: HERE,
    port,
    ...(signal && { signal }),
  });
  return { reconnecting, [Symbol.asyncDispose]: () => reconnecting.quit() };
}

/** Closes the connection, and throws the error that its work gets. */
async function lose(client: Client): Promise<never> {
  client.close();
  await client.closed;
  throw new ConnectionError("lost", "The connection was lost");
}

const NO_PROGRESS = () => 0;

Deno.test("ReconnectingClient.run: runs the work once if nothing fails", async () => {
  await using server = await startServer({}, { "a.txt": "x" });
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  const paths = await reconnecting.run(async (client) => {
    assertStrictEquals(client, await reconnecting.client);
    return (await Array.fromAsync(client.list())).map(({ path }) => path);
  }, NO_PROGRESS);
  assertEquals(paths, ["a.txt"]);
  assertEquals(server.eventsOf("connected").length, 1);
});

Deno.test("ReconnectingClient.run: repeats the work on a new connection after a loss", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  const first = await reconnecting.client;
  const clients: Client[] = [];
  const result = await reconnecting.run(async (client) => {
    clients.push(client);
    if (clients.length === 1) await lose(client);
    await Array.fromAsync(client.list());
    return "done";
  }, NO_PROGRESS);
  assertEquals([result, clients.length], ["done", 2]);
  assertStrictEquals(clients[0], first);
  assertNotStrictEquals(clients[1], first);
  assertStrictEquals(await reconnecting.client, clients[1]);
  assertEquals(server.eventsOf("connected").length, 2);
});

Deno.test("ReconnectingClient.renew: gives the client while it is connected, and another one after a loss", async () => {
  await using server = await startServer({}, { "a.txt": "x" });
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  const first = await reconnecting.client;
  assertStrictEquals(await reconnecting.renew(), first);
  first.close();
  await first.closed;
  const second = await reconnecting.renew();
  assertNotStrictEquals(second, first);
  assertStrictEquals(await reconnecting.client, second);
  assertEquals((await Array.fromAsync(second.list())).length, 1);
});

Deno.test("ReconnectingClient.renew: rejects like connect, as often as the server is away", async () => {
  await using server = await startServer();
  const reconnecting = await ReconnectingClient.connect({ hostname: HERE, port: server.port });
  await server.server.stop();
  await (await reconnecting.client).closed;
  for (let i = 0; i < 8; i++) {
    const { code } = await assertRejects(() => reconnecting.renew(), ConnectionError);
    assertEquals(code, "refused");
  }
  await reconnecting.close();
});

Deno.test("ReconnectingClient.run: connects once for all work that lost the same connection", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  const first = await reconnecting.client;
  const lost = Promise.withResolvers<void>();
  const later = new Set<Client>();
  const works = Array.from({ length: 20 }, () =>
    reconnecting.run(async (client) => {
      if (client === first) {
        await lost.promise;
        throw new ConnectionError("lost", "The connection was lost");
      }
      later.add(client);
      await Array.fromAsync(client.list());
    }, NO_PROGRESS));
  first.close();
  await first.closed;
  lost.resolve();
  await Promise.all(works);
  assertEquals(later.size, 1);
  assertEquals(server.eventsOf("connected").length, 2);
});

Deno.test("ReconnectingClient.run: uses the new connection for work that notices the loss late", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  const noticed = Promise.withResolvers<void>();
  const first = await reconnecting.client;
  const late = reconnecting.run(async (client) => {
    if (client !== first) return client;
    await noticed.promise;
    return await lose(client);
  }, NO_PROGRESS);
  const early = await reconnecting.run(
    (client) => client === first ? lose(client) : Promise.resolve(client),
    NO_PROGRESS,
  );
  noticed.resolve();
  assertStrictEquals(await late, early);
  assertEquals(server.eventsOf("connected").length, 2);
});

Deno.test("ReconnectingClient.run: repeats the work on the same client after the loss of a data connection", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  let tries = 0;
  await reconnecting.run(() => {
    tries++;
    return tries === 1
      ? Promise.reject(new ConnectionError("lost", "A data connection was lost"))
      : Promise.resolve();
  }, NO_PROGRESS);
  assertEquals([tries, server.eventsOf("connected").length], [2, 1]);
});

Deno.test("ReconnectingClient.run: gives up after four attempts in a row without progress", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  const error = new ConnectionError("lost", "again and again");
  let tries = 0;
  const fail = () => Promise.reject(error).finally(() => tries++);
  assertStrictEquals(await assertRejects(() => reconnecting.run(fail, NO_PROGRESS)), error);
  assertEquals(tries, 4);

  tries = 0;
  await assertRejects(() => reconnecting.run(fail, () => Math.min(tries, 10)));
  assertEquals(tries, 10 + 4); // No progress after the tenth attempt

  tries = 0;
  await assertRejects(() => reconnecting.run(fail, () => -tries));
  assertEquals(tries, 4); // A smaller value is no progress
});

Deno.test("ReconnectingClient.run: throws any other error at once", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { reconnecting } = connected;
  for (const error of [new RequestError("not-found"), new Error("odd"), "thrown"]) {
    let tries = 0;
    const outcome = await reconnecting.run(() => {
      tries++;
      return Promise.reject(error);
    }, NO_PROGRESS).catch((thrown) => thrown);
    assertEquals([outcome, tries], [error, 1]);
  }
});

Deno.test("ReconnectingClient.run: throws the loss after an abort, and does not reconnect", async () => {
  await using server = await startServer();
  const controller = new AbortController();
  const { reconnecting } = await connectTo(server, controller.signal);
  let tries = 0;
  await assertRejects(
    () =>
      reconnecting.run((client) => {
        tries++;
        controller.abort(new Error("enough"));
        return lose(client);
      }, NO_PROGRESS),
    ConnectionError,
  );
  assertEquals(tries, 1);
  await reconnecting.quit();
  assertEquals(server.eventsOf("connected").length, 1);
});

Deno.test("ReconnectingClient.run: throws the loss if the server is gone, also to later work", async () => {
  const server = await startServer();
  const { reconnecting } = await connectTo(server);
  const client = await reconnecting.client;
  await server[Symbol.asyncDispose]();
  await client.closed;
  const loss = new ConnectionError("lost", "The connection was lost");
  const run = () => reconnecting.run(() => Promise.reject(loss), NO_PROGRESS);
  const outcomes = await Promise.allSettled([run(), run(), run()]);
  for (const outcome of outcomes) {
    assert(outcome.status === "rejected");
    assertStrictEquals(outcome.reason, loss);
  }
  assertStrictEquals(await assertRejects(run), loss);
  await reconnecting.quit();
  await reconnecting.close();
});

Deno.test("ReconnectingClient.connect: throws if the first connection fails", async () => {
  const listener = Deno.listen({ hostname: HERE, port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () => ReconnectingClient.connect({ hostname: HERE, port }),
    ConnectionError,
  );
  assertEquals(error.code, "refused");
});

Deno.test("ReconnectingClient: sends QUIT on quit, and not on close", async () => {
  await using server = await startServer();
  const closing = await connectTo(server);
  await closing.reconnecting.close();
  const quitting = await connectTo(server);
  await quitting.reconnecting.quit();
  const reasonOf = async (client: number) =>
    (await server.waitFor("disconnected", (event) => event.client === client)).reason;
  assertEquals([await reasonOf(1), await reasonOf(2)], ["ended", "quit"]);
});
