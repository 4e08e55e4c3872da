import { assertEquals } from "@std/assert";
import { AttemptLimiter } from "../../lib/accounts/attempt_limiter.ts";
import { connect } from "../../lib/client/connect.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { TestClient } from "../helpers/clients.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { until } from "../helpers/serves_on.ts";

const ADDRESS = "192.0.2.1";

/** The wait of the next login in milliseconds; `null` if it is refused. */
function delayOf(limiter: AttemptLimiter, user = "ana", address = ADDRESS): number | null {
  using attempt = limiter.begin(address, user);
  return attempt?.waitMs ?? null;
}

Deno.test("AttemptLimiter.hear: counts a failure elsewhere like one here", () => {
  const [here, there] = [1, 2].map(() => new AttemptLimiter({ now: () => 5_000 }));
  using _ = there!.onFailure((network, account) => here!.hear(network, account));
  const delays = [0, 1_000, 2_000, 4_000].map((expected) => {
    assertEquals(delayOf(here!), expected);
    using attempt = there!.begin(ADDRESS, "Ana");
    attempt?.fail();
    return expected;
  });
  assertEquals(delays.length, 4);
  assertEquals(delayOf(here!, "bob"), 0);
  assertEquals(delayOf(here!, "ana", "192.0.2.2"), 0);
});

Deno.test("AttemptLimiter.hear: spends the budget of the account, so that more servers give no more guesses", () => {
  const limiter = new AttemptLimiter({ now: () => 5_000 });
  for (let i = 0; i < LIMITS.accountGuesses; i++) limiter.hear(`10.0.${i}.1`, "ana");
  assertEquals(delayOf(limiter, "ana", "192.0.2.99"), null);
  assertEquals(delayOf(limiter, "bob", "192.0.2.99"), 0);
});

Deno.test("AttemptLimiter.onFailure: tells failures only, until it is disposed of", () => {
  const limiter = new AttemptLimiter({ now: () => 5_000 });
  const told: string[] = [];
  const telling = limiter.onFailure((network, account) => told.push(`${network} ${account}`));
  for (const outcome of ["succeed", "fail"] as const) {
    using attempt = limiter.begin(ADDRESS, "Ana");
    attempt?.[outcome]();
  }
  telling[Symbol.dispose]();
  using attempt = limiter.begin(ADDRESS, "Ana");
  attempt?.fail();
  assertEquals(told, [`${ADDRESS} ana`]);
});

Deno.test(
  "serve: a failed login at one server of a cluster delays those at the others",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls);
    const logIn = async (port: number) => {
      const startedMs = performance.now();
      const login = { user: "ana", password: "guess" };
      const error = await connect({ hostname: "127.0.0.1", port, login }).catch((error) => error);
      assertEquals(error instanceof RequestError && error.code, "auth-failed");
      return performance.now() - startedMs;
    };
    const [first, second] = cluster.ports;
    await using speaker = await TestClient.connect(first!, { protocol: 2 });
    await using hearer = await TestClient.connect(second!, { protocol: 2 });
    await logIn(first!);
    // What a server tells the others goes in its order: once this is heard, so is the failed login
    await speaker.client.chat.say("now", { room: "lobby" });
    await until(() => hearer.heard.some((text) => text.includes("now")), "the message");
    const waitedMs = await logIn(second!);
    assertEquals(waitedMs >= 900, true, `${waitedMs} ms`);
  },
);
