/**
 * A line with a long way to a server of this machine: hands bytes on after a delay, in order, without a
 * limit to their rate. It reports its port for each order `{ delayMs, port }`.
 *
 * @module
 */
import { carry, type Way } from "../delay_line.ts";
import { options, orders, report } from "./messages.ts";

/** A server, and the way to it. */
export interface ProxyOrder {
  readonly delayMs: number;
  readonly port: number;
}

options<Record<string, never>>();
for await (const order of orders<ProxyOrder>()) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  report({ port: listener.addr.port });
  accept(listener, order);
}
Deno.exit();

async function accept(listener: Deno.TcpListener, order: ProxyOrder): Promise<void> {
  for await (const client of listener) join(client, order).catch(() => client.close());
}

/**
 * Carries a connection. The system has finished its handshake at once; over a real line, the client
 * would send its first bytes a round trip later, and the server would hear of it then.
 */
async function join(client: Deno.TcpConn, { delayMs, port }: ProxyOrder): Promise<void> {
  const acceptedMs = performance.now();
  const up: Way = { delayMs, openMs: acceptedMs + 2 * delayMs };
  const server = connectAt(acceptedMs + 3 * delayMs, port);
  client.setNoDelay(true);
  try {
    await Promise.all([
      carry(client, server, up),
      server.then((conn) => carry(conn, Promise.resolve(client), { delayMs, openMs: 0 })),
    ]);
  } finally {
    client.close();
    (await server).close();
  }
}

async function connectAt(atMs: number, port: number): Promise<Deno.TcpConn> {
  await new Promise((resolve) => setTimeout(resolve, atMs - performance.now()));
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  return conn;
}
