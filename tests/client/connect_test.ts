import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { freePort } from "../helpers/free_port.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("connect: throws refused for a port that nothing listens on", async () => {
  const port = freePort();
  const error = await assertRejects(
    () => connect({ hostname: "127.0.0.1", port }),
    ConnectionError,
  );
  assertEquals(error.code, "refused");
  assertStringIncludes(error.message, `127.0.0.1:${port}`);
  assert(error.cause instanceof Error);
});

Deno.test("connect: throws unreachable for an unknown host", async () => {
  const error = await assertRejects(
    () => connect({ hostname: "no-such-host.invalid", port: 1 }),
    ConnectionError,
  );
  assertEquals(error.code, "unreachable");
  assertStringIncludes(error.message, "no-such-host.invalid");
});

Deno.test("connect: throws the reason of a signal that is already aborted", async () => {
  await using server = await startServer();
  const reason = new Error("changed my mind");
  const signal = AbortSignal.abort(reason);
  const error = await assertRejects(() =>
    connect({ hostname: "127.0.0.1", port: server.port, signal })
  );
  assertEquals(error, reason);
});

Deno.test("connect: ignores an abort after it has connected", async () => {
  await using server = await startServer();
  const controller = new AbortController();
  await using client = await TestClient.connect(server.port, { signal: controller.signal });
  controller.abort();
  await client.client.chat.say("still here");
  assertEquals((await server.waitFor("chat")).text, "still here");
});

Deno.test("connect: starts no worker and sends no request", async () => {
  await using server = await startServer();
  await using _client = await TestClient.connect(server.port);
  await server.waitFor("connected");
  assertEquals(server.server.gauges(0).workersBusy, 0);
  assertEquals(server.eventsOf("refused"), []);
});
