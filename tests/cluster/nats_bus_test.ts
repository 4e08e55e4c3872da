import { assertEquals, assertRejects } from "@std/assert";
import { nextTurn } from "../../lib/async/next_turn.ts";
import { BusError } from "../../lib/cluster/engine.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { connectEngine, untilState } from "../helpers/nats_engines.ts";
import { Proxy } from "../helpers/proxy.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (payload: Uint8Array) => new TextDecoder().decode(payload);

Deno.test(
  "NatsBus: publishes nothing of the time without a connection",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using proxy = await Proxy.start(nats.nodes[0]!.port);
    await using near = await connectEngine(nats.urls);
    await using far = await connectEngine([`nats://127.0.0.1:${proxy.port}`]);
    const heard: string[] = [];
    const end = Promise.withResolvers<void>();
    using _ = near.bus.subscribe("tc.test.beat", ({ payload }) => {
      heard.push(text(payload));
      if (text(payload) === "new") end.resolve();
    });
    const isLost = untilState(far, "lost");
    const isBack = untilState(far, "connected");
    const gate = Promise.withResolvers<number>();
    proxy.target = gate.promise;
    proxy.cutAll("reset");
    await isLost;
    const asked = await assertRejects(
      () => far.bus.request("tc.test.beat", bytes("old"), 50),
      BusError,
    );
    assertEquals(asked.code, "late");
    for (let turn = 0; far.state === "lost"; turn++) {
      far.bus.publish("tc.test.beat", bytes("old"));
      far.bus.request("tc.test.beat", bytes("old"), 1_000).catch(() => {}); // Seen above
      if (turn === 200) gate.resolve(nats.nodes[0]!.port);
      await nextTurn();
    }
    await isBack;
    far.bus.publish("tc.test.beat", bytes("new"));
    await within(end.promise, "a message");
    assertEquals(heard, ["new"]);
  },
);
