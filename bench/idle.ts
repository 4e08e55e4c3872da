import { connectionsWithin, scaledNote } from "./descriptors.ts";
import { atLeast, atMost, type Figure, formatNumber } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { IdleConnectionsOptions } from "./peers/idle_connections.ts";

/** The time after which a process has released unused memory. */
const MEMORY_RELEASE_MS = 2_000;

/** Measures clients that connect, all from one child process, and stay idle. */
export async function measureIdle(fixture: BenchFixture): Promise<Figure[]> {
  const wanted = fixture.scale.idleClients;
  const count = await connectionsWithin(wanted);
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  await using clients = new PeerProcess(
    "idle_connections",
    { port, count } satisfies IdleConnectionsOptions,
  );
  await clients.report();
  const beforeKb = server.residentKb();
  const [{ startedMs }, { atMs }] = await Promise.all([
    clients.ask<{ startedMs: number }>("go"),
    server.ask<{ atMs: number }>({ clients: count }),
  ]);
  await new Promise((resolve) => setTimeout(resolve, MEMORY_RELEASE_MS));
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
