import { join } from "@std/path";
import { AccountStore } from "../lib/accounts/account_store.ts";
import { openDatabase } from "../lib/files/database.ts";
import { atLeast, type Figure, formatNumber } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { pinOf } from "./idle_clients.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { LoginsOptions, LoginsOrder } from "./peers/logins.ts";

/** The fewest that clients accept. */
const ITERATIONS = 4_096;
const USERS = Array.from({ length: 20 }, (_, i) => `user${i}`);
const PASSWORD = "only for the bench";

/** Measures logins per second; the clients and the server share the processors. */
export async function measureLogins(fixture: BenchFixture): Promise<Figure[]> {
  return [
    ...await measureLoginsOver(fixture, false),
    ...await measureLoginsOver(fixture, true),
  ];
}

async function measureLoginsOver(fixture: BenchFixture, tls: boolean): Promise<Figure[]> {
  const { logins } = fixture.scale;
  const dataDirectory = fixture.addFolder(tls ? "logins-tls" : "logins");
  await addAccounts(dataDirectory);
  const { server, port } = await startServer({
    root: fixture.served,
    dataDirectory,
    tls,
    requireAccount: true,
  });
  await using _ = server;
  const options: LoginsOptions = {
    port,
    ...(tls && { pin: await pinOf(port) }),
    users: USERS,
    password: PASSWORD,
  };
  await using clients = new PeerProcess("logins", options);
  await clients.report();
  const rate = async (salting: boolean) => {
    const order: LoginsOrder = { logins, salting };
    return logins / (await clients.ask<{ seconds: number }>(order)).seconds;
  };
  await rate(false); // Warm-up
  const salted = await rate(true);
  const name = `logins, ${formatNumber(ITERATIONS)} iterations, ${tls ? "TLS" : "without TLS"}`;
  return [{
    name,
    value: salted,
    unit: "logins/s",
    ...(!tls && { goal: atLeast(500) }),
    note: `each on a new connection; of clients that know their salted password already ` +
      formatNumber(await rate(false)),
  }];
}

async function addAccounts(dataDirectory: string): Promise<void> {
  const database = openDatabase(join(dataDirectory, "tcp-chat.db"));
  try {
    const store = new AccountStore(database, { iterations: ITERATIONS });
    for (const user of USERS) await store.add(user, PASSWORD, "member");
  } finally {
    database.close();
  }
}
