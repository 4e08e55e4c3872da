import { assertEquals } from "@std/assert";
import { Connections } from "../../lib/server/connections.ts";
import type { ServerServices } from "../../lib/server/context/services.ts";
import type { Listener } from "../../lib/stream/listener.ts";
import type { Socket } from "../../lib/stream/socket.ts";

Deno.test("Connections: close a connection that was accepted while the server began to stop", async () => {
  const calls: string[] = [];
  const socket = { close: () => calls.push("close") } as unknown as Socket;
  const accepted = [socket, null];
  const listener: Listener = {
    address: { hostname: "127.0.0.1", port: 1 },
    accept: () => Promise.resolve(accepted.shift() ?? null),
    close: () => {},
  };
  const services = { stopping: AbortSignal.abort() } as unknown as ServerServices;
  const capacity = { clients: 1, refusals: 1, threads: 1, transfers: 1 } as never;
  const connections = new Connections({
    services,
    capacity,
    web: null,
    port: 1,
    fingerprint: null,
  });
  await connections.accept(listener);
  assertEquals(calls, ["close"]);
  assertEquals([...connections.sessions()], []);
  await connections.idle();
});
