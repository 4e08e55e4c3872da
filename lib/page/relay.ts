/**
 * The worker that connects to other servers of a cluster for the page, built to `/relay.js`: its policy names those that
 * have come since the page was loaded.
 */
import { SUBPROTOCOL } from "./net/browser_socket.ts";
import type { ToRelay, ToRelayed } from "./net/relay_messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToRelay>) => void) | null;
  postMessage(message: "ready"): void;
  close(): void;
};
let sockets = 0;
let isRetired = false;

scope.onmessage = ({ data, ports: [port] }) => {
  if (data.kind === "open" && port !== undefined) return connect(data.url, port);
  isRetired = true;
  endIfIdle();
};
scope.postMessage("ready");

function connect(url: string, port: MessagePort): void {
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.binaryType = "arraybuffer";
  sockets++;
  socket.onopen = () => port.postMessage("open");
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => port.postMessage(data, [data]);
  socket.onclose = () => {
    port.postMessage("closed");
    sockets--;
    endIfIdle();
  };
  port.onmessage = ({ data }: MessageEvent<ToRelayed>) => {
    if (data === null) socket.close();
    else socket.send(data);
  };
}

function endIfIdle(): void {
  if (isRetired && sockets === 0) scope.close();
}
