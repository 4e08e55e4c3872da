import { assert, assertEquals } from "@std/assert";
import { connect, type ConnectionError, type ProtocolError } from "../../mod.ts";
import { within } from "../helpers/deadline.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";

Deno.test("Client: ends with its block, after what it has sent has arrived", async () => {
  await using fixture = await LibraryFixture.start();
  const heard = Promise.withResolvers<string>();
  await fixture.connectAnother({
    onEvent: (event) => event.event === "message" && heard.resolve(event.text),
  });
  const { port } = fixture.server;
  let closed: Promise<ConnectionError | ProtocolError | null>;
  {
    await using client = await connect({ hostname: "127.0.0.1", port });
    closed = client.closed;
    client.chat.say("bye");
  }
  assertEquals(await closed, null);
  assertEquals(await within(heard.promise, "the message"), "bye");
});

Deno.test("Client: ends its block within seconds where the server does not answer QUIT", async () => {
  const released = Promise.withResolvers<void>();
  await using server = new Protocol2ScriptedServer({ main: () => released.promise });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  const startedMs = performance.now();
  await within(client[Symbol.asyncDispose](), "the end of the block", () => client.close());
  assert(performance.now() - startedMs < 4_500, "it waited as long as quit does");
  assertEquals([client.isClosed, await client.closed], [true, null]);
  await client[Symbol.asyncDispose](); // Again, without effect
  released.resolve();
});

Deno.test("Server: stops with its block", async () => {
  const fixture = await LibraryFixture.start();
  const { client, server } = fixture;
  await server[Symbol.asyncDispose]();
  await within(client.closed, "the end of the client");
  await fixture[Symbol.asyncDispose]();
});
