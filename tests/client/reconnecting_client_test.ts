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

/** A client of a server that lasts; disposal takes leave. */
async function connectTo({ port }: TestServer, signal?: AbortSignal) {
  const lasting = await ReconnectingClient.connect({
    hostname: HERE,
    port,
    ...(signal && { signal }),
  });
  return { lasting, [Symbol.asyncDispose]: () => lasting.quit() };
}

/** Loses the connection, as work notices it. */
async function lose(client: Client): Promise<never> {
  client.close();
  await client.closed;
  throw new ConnectionError("lost", "The connection was lost");
}

const NO_PROGRESS = () => 0;

Deno.test("work is done once where nothing goes wrong", async () => {
  await using server = await startServer({}, { "a.txt": "x" });
  await using connected = await connectTo(server);
  const { lasting } = connected;
  const paths = await lasting.run(async (client) => {
    assertStrictEquals(client, await lasting.client);
    return (await Array.fromAsync(client.list())).map(({ path }) => path);
  }, NO_PROGRESS);
  assertEquals(paths, ["a.txt"]);
  assertEquals(server.eventsOf("connected").length, 1);
});

Deno.test("work that lost its connection is done again over a new one", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { lasting } = connected;
  const first = await lasting.client;
  const clients: Client[] = [];
  const result = await lasting.run(async (client) => {
    clients.push(client);
    if (clients.length === 1) await lose(client);
    await Array.fromAsync(client.list());
    return "done";
  }, NO_PROGRESS);
  assertEquals([result, clients.length], ["done", 2]);
  assertStrictEquals(clients[0], first);
  assertNotStrictEquals(clients[1], first);
  assertStrictEquals(await lasting.client, clients[1]);
  assertEquals(server.eventsOf("connected").length, 2);
});

Deno.test("many that lost the same connection get one new one together", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { lasting } = connected;
  const first = await lasting.client;
  const lost = Promise.withResolvers<void>();
  const later = new Set<Client>();
  const works = Array.from({ length: 20 }, () =>
    lasting.run(async (client) => {
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

Deno.test("who notices the loss late works over the connection that the others got", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { lasting } = connected;
  const noticed = Promise.withResolvers<void>();
  const first = await lasting.client;
  const late = lasting.run(async (client) => {
    if (client !== first) return client;
    await noticed.promise;
    return await lose(client);
  }, NO_PROGRESS);
  const early = await lasting.run(
    (client) => client === first ? lose(client) : Promise.resolve(client),
    NO_PROGRESS,
  );
  noticed.resolve();
  assertStrictEquals(await late, early);
  assertEquals(server.eventsOf("connected").length, 2);
});

Deno.test("a lost data connection has work done again over the same client", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { lasting } = connected;
  let tries = 0;
  await lasting.run(() => {
    tries++;
    return tries === 1
      ? Promise.reject(new ConnectionError("lost", "A data connection was lost"))
      : Promise.resolve();
  }, NO_PROGRESS);
  assertEquals([tries, server.eventsOf("connected").length], [2, 1]);
});

Deno.test("work that gets no further is tried four times, work that does for as long as it does", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { lasting } = connected;
  const error = new ConnectionError("lost", "again and again");
  let tries = 0;
  const fail = () => Promise.reject(error).finally(() => tries++);
  assertStrictEquals(await assertRejects(() => lasting.run(fail, NO_PROGRESS)), error);
  assertEquals(tries, 4);

  tries = 0;
  await assertRejects(() => lasting.run(fail, () => Math.min(tries, 10)));
  assertEquals(tries, 10 + 4); // After its tenth it got no further

  tries = 0;
  await assertRejects(() => lasting.run(fail, () => -tries));
  assertEquals(tries, 4); // To lose what one had is not to get further
});

Deno.test("what is no loss of the connection is told at once", async () => {
  await using server = await startServer();
  await using connected = await connectTo(server);
  const { lasting } = connected;
  for (const error of [new RequestError("not-found"), new Error("odd"), "thrown"]) {
    let tries = 0;
    const outcome = await lasting.run(() => {
      tries++;
      return Promise.reject(error);
    }, NO_PROGRESS).catch((thrown) => thrown);
    assertEquals([outcome, tries], [error, 1]);
  }
});

Deno.test("a loss is told where the signal has fired, and nothing is connected any more", async () => {
  await using server = await startServer();
  const controller = new AbortController();
  const { lasting } = await connectTo(server, controller.signal);
  let tries = 0;
  await assertRejects(
    () =>
      lasting.run((client) => {
        tries++;
        controller.abort(new Error("enough"));
        return lose(client);
      }, NO_PROGRESS),
    ConnectionError,
  );
  assertEquals(tries, 1);
  await lasting.quit();
  assertEquals(server.eventsOf("connected").length, 1);
});

Deno.test("where there is no server any more, all are told the loss, and later work, too", async () => {
  const server = await startServer();
  const { lasting } = await connectTo(server);
  const client = await lasting.client;
  await server[Symbol.asyncDispose]();
  await client.closed;
  const loss = new ConnectionError("lost", "The connection was lost");
  const run = () => lasting.run(() => Promise.reject(loss), NO_PROGRESS);
  const outcomes = await Promise.allSettled([run(), run(), run()]);
  for (const outcome of outcomes) {
    assert(outcome.status === "rejected");
    assertStrictEquals(outcome.reason, loss);
  }
  assertStrictEquals(await assertRejects(run), loss);
  await lasting.quit();
  await lasting.close();
});

Deno.test("a first connection that cannot be made is an error", async () => {
  const listener = Deno.listen({ hostname: HERE, port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () => ReconnectingClient.connect({ hostname: HERE, port }),
    ConnectionError,
  );
  assertEquals(error.code, "refused");
});

Deno.test("close hangs up, quit takes leave", async () => {
  await using server = await startServer();
  const closing = await connectTo(server);
  await closing.lasting.close();
  const quitting = await connectTo(server);
  await quitting.lasting.quit();
  const reasonOf = async (client: number) =>
    (await server.waitFor("disconnected", (event) => event.client === client)).reason;
  assertEquals([await reasonOf(1), await reasonOf(2)], ["ended", "quit"]);
});
