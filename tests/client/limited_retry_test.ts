import { assert, assertEquals } from "@std/assert";
import { limitedRetry } from "../../lib/client/limited_retry.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";

const LOST = new ConnectionError("lost", "lost");

Deno.test("limitedRetry: gives up after so many attempts, whose pauses grow up to half a minute", () => {
  const policy = limitedRetry(10);
  for (let failures = 0; failures < 10; failures++) {
    const ceilingMs = Math.min(30_000, 500 * 2 ** failures);
    const pauseMs = policy(failures, LOST) ?? NaN;
    assert(pauseMs >= ceilingMs / 2 && pauseMs <= ceilingMs, `${failures}: ${pauseMs}`);
  }
  assertEquals([policy(10, LOST), limitedRetry(0)(0, LOST)], [null, null]);
});

Deno.test("limitedRetry: waits for a server that is absent or full, and for no other cure", () => {
  const rejected = (requestCode: "server-full" | "denied") =>
    new ConnectionError("rejected", "no", { requestCode });
  const mayPass = (error: unknown) => limitedRetry(1)(0, error) !== null;
  for (const code of ["refused", "unreachable", "timeout", "lost"] as const) {
    assert(mayPass(new ConnectionError(code, "")), code);
  }
  assert(mayPass(rejected("server-full")));
  const final = ["other-service", "certificate-changed", "tls-needed", "unusable"] as const;
  for (const code of final) assert(!mayPass(new ConnectionError(code, "")), code);
  assert(!mayPass(rejected("denied")));
  assert(!mayPass(new RequestError("auth-failed")));
});
