import { assertEquals, assertMatch } from "@std/assert";
import { NatsLink } from "../../lib/cluster/nats_link.ts";
import { tellLossReason } from "../../lib/cluster/nats_loss_reason.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";

Deno.test(
  "tellLossReason: tells why a lost connection to NATS is not made again, once",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    const told: string[] = [];
    const first = Promise.withResolvers<void>();
    const options = {
      servers: nats.urls,
      name: "test",
      credentials: null,
      ca: null,
      onError: ({ message }: Error) => {
        told.push(message);
        first.resolve();
      },
    };
    await using link = await NatsLink.connect(options);
    await using _reason = tellLossReason(link, options, 20);
    await nats.nodes[0]!.stop("SIGKILL");
    await within(first.promise, "the reason");
    assertMatch(told[0]!, /^Cannot connect to NATS at nats:.*: /);
    assertEquals(told.length, 1);
  },
);
