import { lineOf, type ReceivedEvent } from "./chat.ts";
import { checkConnectOptions } from "./check_arguments.ts";
import { Client } from "./client.ts";
import { type AddressOptions, resolveAddress } from "./connect_address.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { openControlConnection } from "./open_connection.ts";
import { ServerRoute } from "./server_route.ts";

/**
 * Connects to the server of an address: `HOST`, `HOST:PORT`, several of one cluster with commas between, or
 * `tcp-chat://[USER@]HOST[:PORT][?fp=KEY&tls&room=NAME&link=ID.SECRET]`. The port is 5555 if none is given;
 * `fp` is the SHA-256 of the only key to trust, and means TLS; a room is joined; a link may have a path, which
 * `client.account.link` tells.
 *
 * @throws {TargetError} for a text that is no address
 * @throws {TypeError} where address and options contradict each other, for a user without `password`,
 * and for a path: `parseTarget` reads that
 * @throws {ConnectionError} | {RequestError} as with an options object, and as `chat.join` does
 *
 * @example Connect to an address, and to a room
 * ```ts
 * import { connect, serve } from "@tcp-chat/tcp-chat";
 *
 * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
 * await using client = await connect(`tcp-chat://localhost:${server.port}?room=design`);
 * await client.chat.say("hello", { room: "design" });
 * ```
 */
export function connect(address: string, options?: AddressOptions): Promise<Client>;
/**
 * Connects to a server.
 *
 * @throws {TypeError} for an address that is none @throws {RangeError} for such a port
 * @throws {ConnectionError}
 * @throws {RequestError} `auth-failed`; `denied` for a banned account; `unauthenticated` where the
 * server requires a login
 *
 * @example Connect, talk and leave
 * ```ts
 * import { connect, serve } from "@tcp-chat/tcp-chat";
 *
 * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
 * const client = await connect({ hostname: "localhost", port: server.port });
 * await client.chat.say("hello");
 * await client.quit();
 * ```
 */
export function connect(options: ConnectOptions): Promise<Client>;
/** Connects to a server. */
export async function connect(
  target: ConnectOptions | string,
  beside: AddressOptions = {},
): Promise<Client> {
  if (typeof target !== "string") return await connectTo(target);
  const { options, room } = resolveAddress(target, beside);
  const client = await connectTo(options);
  if (room !== null) await joinOrLeave(client, room);
  return client;
}

/** @throws what `join` throws, once the client is closed */
async function joinOrLeave(client: Client, room: string): Promise<void> {
  try {
    await client.chat.join(room);
  } catch (error) {
    client.close();
    throw error;
  }
}

async function connectTo(options: ConnectOptions): Promise<Client> {
  checkConnectOptions(options);
  if (options.hosts === undefined) return await connectOnce(options);
  return await new ServerRoute(options, connectOnce).connect();
}

async function connectOnce(options: ConnectOptions): Promise<Client> {
  // Events that arrive before the client exists
  const early: ReceivedEvent[] = [];
  let deliver: (event: ReceivedEvent) => void = (event) => early.push(event);
  const { connection: main, account } = await openControlConnection(options, {
    onText: (text) => deliver({ event: "line", text }),
    onEvent: (event) => deliver(event),
  });
  const client = new Client(main, account, options);
  const hear = (event: ReceivedEvent, isEarly: boolean) => {
    client.chat.noticeEvent(event, isEarly);
    options.onEvent?.(event);
    const line = lineOf(event, client.chat.nick);
    if (line !== null) options.onChat?.(line);
  };
  deliver = (event) => hear(event, false);
  for (const event of early) hear(event, true);
  return client;
}
