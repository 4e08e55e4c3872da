import { assertEquals } from "@std/assert";
import { type Arrival, Arrivals } from "../../lib/server/context/arrivals.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { readAnswer, requestText, startWebServer } from "../helpers/web.ts";

/** An arrival that tells what happens to it. */
function arrivalOf(address: string): Arrival & { readonly calls: string[] } {
  const calls: string[] = [];
  const add = (call: string) => {
    if (calls.at(-1) !== call) calls.push(call);
  };
  return { address, calls, onSilent: () => add("silent"), onSettled: () => add("settled") };
}

Deno.test("Arrivals: a silent connection is a client after 250 ms, and one that speaks is at once", () => {
  using clock = new FakeClock();
  const arrivals = new Arrivals(() => false);
  const [silent, speaking, http] = ["a", "b", "c"].map(arrivalOf) as [Arr, Arr, Arr];
  for (const each of [silent, speaking, http]) arrivals.add(each);
  arrivals.settle(speaking);
  assertEquals(arrivals.remove(http), true);
  assertEquals([silent.calls, speaking.calls], [[], ["silent", "settled"]]);
  clock.advance(249);
  arrivals.check();
  assertEquals(silent.calls, []);
  clock.advance(1);
  arrivals.check();
  assertEquals([silent.calls, http.calls], [["silent", "settled"], []]);
  assertEquals([arrivals.remove(silent), arrivals.remove(http)], [false, false]);
});

type Arr = ReturnType<typeof arrivalOf>;

Deno.test("Arrivals: beside a browser, a silent connection is a client after 12 s, or when it speaks", () => {
  using clock = new FakeClock();
  const arrivals = new Arrivals((address) => address === "browser");
  const [silent, other, speaking] = ["browser", "other", "browser"].map(arrivalOf) as [
    Arr,
    Arr,
    Arr,
  ];
  for (const each of [silent, other, speaking]) arrivals.add(each);
  clock.advance(250);
  arrivals.check();
  assertEquals(silent.calls, ["silent"]); // It may be written to
  assertEquals(other.calls, ["silent", "settled"]);
  clock.advance(1_000);
  arrivals.check();
  arrivals.settle(speaking);
  assertEquals([silent.calls, speaking.calls], [["silent"], ["silent", "settled"]]);
  clock.advance(11_000);
  arrivals.check();
  assertEquals(silent.calls, ["silent", "settled"]);
});

Deno.test("web page: a silent connection beside a browser gets the talk, and is not announced", async () => {
  await using server = await startWebServer();
  using browser = await server.connect();
  await browser.send(requestText("GET /"));
  await readAnswer(browser);
  using ahead = await server.connect();
  using speaker = await server.connect();
  await speaker.sendFrame("CHAT", "hello");
  const lines: string[] = [];
  while (!lines.some((line) => line.includes("hello"))) {
    lines.push(textOf(await ahead.expect("CHAT")));
  }
  await server.waitFor("connected", ({ client }) => client === 2);
  assertEquals(server.eventsOf("connected").map(({ client }) => client), [2]);
  await ahead.sendFrame("CHAT", "me, too");
  await server.waitFor("connected", ({ client }) => client === 1);
});
