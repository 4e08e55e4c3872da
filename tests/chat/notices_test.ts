import { assertEquals } from "@std/assert";
import { StandingNotice } from "../../lib/chat/notices.ts";

/** A member that keeps the texts of what it is told. */
function listener() {
  const texts: string[] = [];
  const send = (event: { readonly event: string }) => {
    if ("text" in event) texts.push(String(event.text));
  };
  return { texts, send };
}

Deno.test("StandingNotice: tells those that come meanwhile, each once", () => {
  const standing = new StandingNotice();
  const [before, during, late, after] = [listener(), listener(), listener(), listener()];
  standing.add(before);
  standing.set("cut off");
  standing.add(during);
  standing.add(late);
  for (const member of [before, during, during]) standing.tellTo(member);
  standing.set(null);
  standing.add(after);
  for (const member of [late, after]) standing.tellTo(member);
  standing.set("cut off again");
  for (const member of [before, during, late, after]) standing.tellTo(member);
  const told = [before, during, late, after].map(({ texts }) => texts);
  assertEquals(told, [[], ["cut off"], [], []]);
});
