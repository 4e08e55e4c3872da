import type { Endpoint } from "../../lib/stream/endpoint.ts";
import { acceptConnections, type Listener } from "../../lib/stream/listener.ts";
import { closeSocket, type Socket } from "../../lib/stream/socket.ts";
import { readAllBytes, writeAll } from "./tls.ts";

/** Echoes the input of each connection once that has ended its direction. Owns the listener. */
export function echoServer(
  listener: Listener,
): AsyncDisposable & { readonly address: Endpoint } {
  const sockets: Socket[] = [];
  const accepting = acceptConnections(listener, (socket) => {
    sockets.push(socket);
    echo(socket).catch(() => {}); // A client may leave
  }, () => {});
  return {
    address: listener.address,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const socket of sockets) closeSocket(socket);
      await accepting;
    },
  };
}

async function echo(socket: Socket): Promise<void> {
  await writeAll(socket, await readAllBytes(socket));
  await socket.closeWrite();
}
