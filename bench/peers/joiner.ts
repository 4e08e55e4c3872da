/**
 * A protocol 2 client that joins rooms and requests their last messages.
 *
 * @module
 */
import { options, orders, report } from "./messages.ts";
import { RawClient, request } from "./raw_client.ts";

/** Options of the process. */
export interface JoinerOptions {
  readonly port: number;
}

/** An order to join a room repeatedly. */
export interface JoinOrder {
  readonly room: string;
  readonly times: number;
  /** The number of messages to request. */
  readonly limit: number;
}

const { port } = options<JoinerOptions>();
const client = await RawClient.open({ port });
report("ready");
for await (const order of orders<JoinOrder>()) report(await carryOut(order));
Deno.exit();

async function carryOut({ room, times, limit }: JoinOrder): Promise<{ eachMs: number[] }> {
  const eachMs: number[] = [];
  for (let i = 0; i < times; i++) {
    const startedMs = performance.now();
    const requests = [request("JOIN", 1, { room }), request("HIST", 2, { room, limit })];
    const { messages } = await client.ask(requests);
    eachMs.push(performance.now() - startedMs);
    if ((messages as unknown[]).length !== limit) throw new Error("Messages are missing");
    await client.ask([request("PART", 3, { room })]);
  }
  return { eachMs };
}
