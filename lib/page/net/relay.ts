import type { OpeningSocket } from "./browser_socket.ts";
import type { FromRelay, ToRelay } from "./relay_messages.ts";

/** A worker that connects for the page. */
export interface Relay {
  /** Begins to open a socket. */
  readonly begin: (url: string) => OpeningSocket;
  /** Ends the worker with its last socket. */
  retire(): void;
}

/** Starts a relay. Resolves to `null` where the server of the page does not give it. */
export async function startRelay(): Promise<Relay | null> {
  // A name that no cache knows: the policy comes with the file
  const worker = new Worker(`/relay.js?${Date.now()}`, { type: "module" });
  const isThere = await new Promise<boolean>((resolve) => {
    worker.onmessage = () => resolve(true);
    worker.onerror = () => resolve(false);
  });
  if (!isThere) return null;
  const post = (message: ToRelay, ports: MessagePort[]) => worker.postMessage(message, ports);
  return {
    begin: (url) => {
      const { port1, port2 } = new MessageChannel();
      post({ kind: "open", url }, [port2]);
      return new RelayedSocket(port1);
    },
    retire: () => post({ kind: "retire" }, []),
  };
}

/** A WebSocket in a worker. It moves little: what it holds back is not counted. */
export class RelayedSocket implements OpeningSocket {
  binaryType: BinaryType = "arraybuffer";
  readonly bufferedAmount = 0;
  onopen: OpeningSocket["onopen"] = null;
  onmessage: OpeningSocket["onmessage"] = null;
  onclose: OpeningSocket["onclose"] = null;
  readonly #port: MessagePort;
  readyState: OpeningSocket["readyState"] = 0;

  /** Owns the port. */
  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromRelay>) => this.#on(data);
  }

  send(bytes: Parameters<WebSocket["send"]>[0]): void {
    // The buffer may be larger, and used again
    this.#port.postMessage((bytes as Uint8Array<ArrayBuffer>).slice());
  }

  close(): void {
    this.#port.postMessage(null);
  }

  #on(message: FromRelay): void {
    if (message instanceof ArrayBuffer) {
      this.onmessage?.call(this as never, new MessageEvent("message", { data: message }));
      return;
    }
    if (message === "open") {
      this.readyState = 1;
      this.onopen?.call(this as never, new Event("open"));
    } else {
      this.readyState = 3;
      this.#port.close();
      this.onclose?.call(this as never, new CloseEvent("close"));
    }
  }
}
