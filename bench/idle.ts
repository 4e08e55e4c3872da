import { connectionsWithin, scaledNote } from "./descriptors.ts";
import { atLeast, atMost, type Figure, formatNumber } from "./figures.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { IdleOptions } from "./peers/idle_clients.ts";
import type { BenchFixture } from "./fixture.ts";

/** After this time a process has let go of what it will let go of. */
const SETTLE_MS = 2_000;

/** Clients that connect, all from one other process, and then say nothing. */
export async function measureIdle(place: BenchFixture): Promise<Figure[]> {
  const wanted = place.scale.idleClients;
  const count = await connectionsWithin(wanted);
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await using clients = new PeerProcess("idle_clients", { port, count } satisfies IdleOptions);
  await clients.report();
  const beforeKb = server.residentKb();
  const [{ startedMs }, { atMs }] = await Promise.all([
    clients.ask<{ startedMs: number }>("go"),
    server.ask<{ atMs: number }>({ clients: count }),
  ]);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const afterKb = server.residentKb();
  const name = `${formatNumber(count)} idle clients, protocol 1`;
  const scaled = scaledNote(count, wanted);
  return [
    {
      name,
      value: (afterKb - beforeKb) / count,
      unit: "KiB each",
      goal: atMost(20),
      note: `from ${formatNumber(beforeKb)} to ${formatNumber(afterKb)} KiB${scaled}`,
    },
    {
      name: `${name}, accepted`,
      value: count / ((atMs - startedMs) / 1000),
      unit: "clients/s",
      goal: atLeast(3_000),
    },
  ];
}
