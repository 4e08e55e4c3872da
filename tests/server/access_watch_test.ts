import { assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { AccessWatch } from "../../lib/server/context/access_watch.ts";

Deno.test("AccessWatch: cancels a request once, with denied, when its check fails", () => {
  const watch = new AccessWatch();
  const cancelled: string[] = [];
  let mayRead = true;
  const check = () => {
    if (!mayRead) throw new RequestError("not-found");
  };
  using _ = watch.begin(check, ({ code }) => cancelled.push(code));
  watch.recheck();
  assertEquals(cancelled, []);
  mayRead = false;
  watch.recheck();
  watch.recheck();
  assertEquals(cancelled, ["denied"]);
  assertThrows(() => watch.begin(check, () => {}), RequestError);
});

Deno.test("AccessWatch: leaves requests alone that are over", () => {
  const watch = new AccessWatch();
  let isOpen = true;
  const check = () => {
    if (!isOpen) throw new RequestError("denied");
  };
  watch.begin(check, () => {
    throw new Error("cancelled after its end");
  })[Symbol.dispose]();
  isOpen = false;
  watch.recheck();
});
