import { lineOf, type ReceivedEvent } from "./chat.ts";
import { checkConnectOptions } from "./check_arguments.ts";
import { Client } from "./client.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { openControlConnection } from "./open_connection.ts";

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
export async function connect(options: ConnectOptions): Promise<Client> {
  checkConnectOptions(options);
  // Events that arrive before the client exists
  const early: ReceivedEvent[] = [];
  let deliver = (event: ReceivedEvent) => void early.push(event);
  const { connection: main, account } = await openControlConnection(options, {
    onText: (text) => deliver({ event: "line", text }),
    onEvent: (event) => deliver(event),
  });
  const client = new Client(main, account, options);
  deliver = (event) => {
    client.chat.noticeEvent(event);
    options.onEvent?.(event);
    const line = lineOf(event, client.chat.nick);
    if (line !== null) options.onChat?.(line);
  };
  for (const event of early) deliver(event);
  return client;
}
