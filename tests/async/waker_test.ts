import { assertEquals } from "@std/assert";
import { Waker } from "../../lib/async/waker.ts";
import { within } from "../helpers/deadline.ts";

const NEVER = new AbortController().signal;
const LONG_MS = 600_000;

Deno.test("Waker.pause: ends when the loop is woken, also before it has begun", async () => {
  const waker = new Waker();
  waker.begin();
  const pausing = waker.pause(LONG_MS, NEVER);
  waker.wake();
  assertEquals(await within(pausing, "the end of the pause"), true);
  waker.begin();
  waker.wake();
  assertEquals(await within(waker.pause(LONG_MS, NEVER), "the end of the next"), true);
});

Deno.test("Waker.pause: ends by itself and with its signal, and is not woken by what was before the turn", async () => {
  const waker = new Waker();
  waker.wake();
  waker.begin();
  assertEquals(await waker.pause(1, NEVER), false);
  const end = new AbortController();
  const pausing = waker.pause(LONG_MS, end.signal);
  end.abort();
  assertEquals(await within(pausing, "the end of the pause"), false);
});
