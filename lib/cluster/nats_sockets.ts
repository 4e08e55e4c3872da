import { NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";

/** What is used of a socket of Node. */
interface ErrorSource {
  on(event: "error", listener: () => void): unknown;
  removeAllListeners(): unknown;
}

let isMended = false;

/**
 * Lets a late error of a connection to NATS end nothing but that connection: the library stops listening to
 * a socket before its last write has failed, as where a server closes the connection while it is set up, and
 * an error without a listener ends the process.
 *
 * Lets a connection be left for one to another server, too: before that, the library waits for an empty write, which
 * never ends with TLS in Deno.
 */
export function mendTransport(): void {
  if (isMended) return;
  isMended = true;
  const transport = NodeTransport.prototype;
  const { dial, tlsFirst, startTLS } = transport;
  transport.dial = async function (address) {
    return keepHearing(await dial.call(this, address));
  };
  transport.tlsFirst = async function (address) {
    return keepHearing(await tlsFirst.call(this, address));
  };
  transport.startTLS = async function () {
    return keepHearing(await startTLS.call(this));
  };
  transport.disconnect = function () {
    this.close(); // Never rejects
  };
}

/** Lets a socket have a listener for errors for as long as it lives. */
export function keepHearing<S extends ErrorSource>(socket: S): S {
  const ignore = () => {}; // The library knows of the end by the event "close"
  const removeAll = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = () => {
    removeAll();
    socket.on("error", ignore);
    return socket;
  };
  socket.on("error", ignore);
  return socket;
}
