import type { Endpoint } from "../../lib/stream/endpoint.ts";
import { connectTcp } from "../../lib/stream/tcp.ts";
import { PATIENCE } from "./deadline.ts";

/** A port whose accept queue is full, so connecting to it never ends. */
export async function fullListener(): Promise<{ readonly endpoint: Endpoint } & Disposable> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const { hostname, port } = listener.addr;
  const stack = new DisposableStack();
  stack.use(listener);
  for (;;) {
    try {
      stack.use(await connectTcp({ hostname, port }, { timeoutMs: 200 * PATIENCE }));
    } catch {
      return { endpoint: { hostname, port }, [Symbol.dispose]: () => stack.dispose() };
    }
  }
}
