import { assertEquals } from "@std/assert";
import type { Member } from "../../lib/chat/member.ts";
import { PendingJoins } from "../../lib/chat/pending_joins.ts";

Deno.test("PendingJoins: takes nobody once it is closed, and has no timer left", () => {
  const announced: Member[] = [];
  const joins = new PendingJoins((member) => announced.push(member), () => 0);
  const [before, after] = [{}, {}] as [Member, Member];
  joins.add(before);
  joins.close();
  joins.add(after); // The test fails for a timer that is left
  assertEquals([joins.has(before), joins.has(after), announced], [false, false, []]);
});
