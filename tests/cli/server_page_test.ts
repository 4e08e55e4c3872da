import { assertEquals } from "@std/assert";
import { rememberPlaces } from "../../lib/cli/server/server_page.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

Deno.test("rememberPlaces: reads once, and again after 5 s", () => {
  using clock = new FakeClock();
  let reads = 0;
  const networks = rememberPlaces(() => {
    return { addresses: [], defaultInterface: `eth${++reads}` };
  });
  const name = () => networks().defaultInterface;
  assertEquals([name(), name()], ["eth1", "eth1"]);
  clock.advance(4_999);
  assertEquals(name(), "eth1");
  clock.advance(1);
  assertEquals([name(), name()], ["eth2", "eth2"]);
});
