import { assertEquals, assertInstanceOf } from "@std/assert";
import { NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";
import { EventEmitter } from "node:events";
import net from "node:net";
import { keepHearing, mendTransport } from "../../lib/cluster/nats_sockets.ts";

Deno.test("keepHearing: an error after the last listener has gone ends nothing", () => {
  const socket = keepHearing(new EventEmitter());
  const heard: Error[] = [];
  socket.on("error", (error) => heard.push(error));
  socket.emit("error", new Error("write after end"));
  socket.removeAllListeners();
  socket.emit("error", new Error("write after end"));
  assertEquals(heard.length, 1);
});

Deno.test("mendTransport: holds for the connections that the library makes", async () => {
  mendTransport();
  mendTransport();
  const listener = net.createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as net.AddressInfo;
  const socket = await new NodeTransport().dial({ hostname: "127.0.0.1", port });
  assertInstanceOf(socket, net.Socket);
  socket.removeAllListeners();
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  socket.end();
  socket.write("late"); // Fails once the turn is over
  await closed;
  await new Promise<void>((resolve) => listener.close(() => resolve()));
});
