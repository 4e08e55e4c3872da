import { assertEquals } from "@std/assert";
import { onAbort } from "../../lib/async/on_abort.ts";

Deno.test("onAbort: runs the action once, when the signal fires", () => {
  const controller = new AbortController();
  let runs = 0;
  onAbort(controller.signal, () => runs++);
  assertEquals(runs, 0);
  controller.abort();
  controller.abort();
  assertEquals(runs, 1);
});

Deno.test("onAbort: runs the action at once for a signal that has fired", () => {
  let runs = 0;
  onAbort(AbortSignal.abort(), () => runs++);
  assertEquals(runs, 1);
});

Deno.test("onAbort: does nothing after disposal, or without a signal", () => {
  const controller = new AbortController();
  let runs = 0;
  {
    using _ = onAbort(controller.signal, () => runs++);
  }
  using _ = onAbort(undefined, () => runs++);
  controller.abort();
  assertEquals(runs, 0);
});
