import type { Endpoint } from "../stream/endpoint.ts";
import type { Connect } from "./chat_client.ts";
import type { ConnectOptions } from "./connect_options.ts";
import type { RoutedClient } from "./server_route.ts";

/** What leads a client to its server, or to another one of its cluster. */
export interface Route<C> {
  /** As `ServerRoute.current`. */
  readonly current: Endpoint;
  /** As `ServerRoute.connect`. */
  connect(more: Partial<ConnectOptions>, loss?: unknown): Promise<C>;
}

/**
 * The route of a client. Where only one server can be meant, and one protocol, there is nothing to choose: the web
 * page, which is small, does not load `ServerRoute`.
 *
 * @param connect connects to one server
 */
export async function routeOf<C extends RoutedClient>(
  options: ConnectOptions,
  connect: Connect<C>,
): Promise<Route<C>> {
  const { hostname, port, hosts = [], peers, protocol } = options;
  if (peers === false && hosts.length === 0 && protocol === 2) {
    return { current: { hostname, port }, connect: (more) => connect({ ...options, ...more }) };
  }
  const { ServerRoute } = await import("./server_route.ts");
  return new ServerRoute<C>(options, connect);
}
