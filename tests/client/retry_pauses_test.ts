import { assertEquals, assertRejects } from "@std/assert";
import { RetryPauses } from "../../lib/client/retry_pauses.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const LOSS = new ConnectionError("lost", "reset");

/** Pauses that record how many failures they are asked for, and never wait. */
function recordingPauses(giveUpAt = Infinity) {
  const asked: number[] = [];
  const pauses = new RetryPauses((failures) => {
    asked.push(failures);
    return failures < giveUpAt ? 0 : null;
  }, undefined);
  const connectAgain = () => pauses.connectAgain(LOSS, () => Promise.resolve("client"));
  return { asked, pauses, connectAgain };
}

Deno.test("RetryPauses: grow while connections are lost within 30 s, and begin again after that", async () => {
  using clock = new FakeClock();
  const { asked, connectAgain } = recordingPauses();
  for (const lastedMs of [400, 400, 29_999, 30_000, 400]) {
    clock.advance(lastedMs);
    await connectAgain();
  }
  assertEquals(asked, [0, 1, 2, 0, 1]);
});

Deno.test("RetryPauses.onUsed: begins again with the shortest pause", async () => {
  const { asked, pauses, connectAgain } = recordingPauses();
  await connectAgain();
  await connectAgain();
  pauses.onUsed();
  await connectAgain();
  assertEquals(asked, [0, 1, 0]);
});

Deno.test("RetryPauses.connectAgain: tries until it succeeds, and throws the loss when it gives up", async () => {
  const { asked, pauses } = recordingPauses(3);
  let attempts = 0;
  const connect = () => {
    attempts++;
    return Promise.reject(new ConnectionError("refused", "nothing listens there"));
  };
  assertEquals(await assertRejects(() => pauses.connectAgain(LOSS, connect)), LOSS);
  assertEquals([asked, attempts], [[0, 1, 2, 3], 3]);
});

Deno.test("RetryPauses.connectAgain: throws the reason of its signal in the middle of a pause", async () => {
  const controller = new AbortController();
  const pauses = new RetryPauses(() => 60_000, controller.signal);
  const reason = new Error("enough");
  const connecting = pauses.connectAgain(
    LOSS,
    () => Promise.reject(LOSS),
    () => controller.abort(reason),
  );
  assertEquals(await assertRejects(() => connecting), reason);
});
