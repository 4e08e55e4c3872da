import { assertEquals } from "@std/assert";
import { ChatFixture } from "../helpers/chat_fixture.ts";
import { through } from "../helpers/through.ts";

/** Bob says that many things in the lobby. Resolves to the number of the last one. */
async function bobSays(fixture: ChatFixture, count: number): Promise<number> {
  let seq = 0;
  for (let i = 0; i < count; i++) seq = await fixture.bobSays("lobby", "hi");
  return seq;
}

Deno.test("ReconnectingChat: tells what was said while it was away, once and in order", async () => {
  await using fixture = await ChatFixture.start();
  await bobSays(fixture, 1);
  await fixture.connect();
  await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
  fixture.cutOff();
  await bobSays(fixture, 120); // More than one answer holds
  fixture.letBack();
  await fixture.entered("lobby", 2);
  await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
  assertEquals(fixture.told("lobby"), through(1, 123));
});

Deno.test("ReconnectingChat: tells how many messages the server did not keep", async () => {
  await using fixture = await ChatFixture.start({ keep: 3 });
  await bobSays(fixture, 1);
  await fixture.connect();
  for (const times of [2, 3]) {
    fixture.cutOff();
    await bobSays(fixture, 10);
    fixture.letBack();
    await fixture.entered("lobby", times);
    await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
  }
  assertEquals(fixture.told("lobby"), [
    1,
    { missed: 7 },
    9,
    10,
    11,
    12,
    { missed: 7 },
    20,
    21,
    22,
    23,
  ]);
});

for (const count of [2, 3, 9]) {
  Deno.test(`ReconnectingChat: tells all ${count} messages of a server that counts anew`, async () => {
    await using fixture = await ChatFixture.start();
    await fixture.connect();
    await fixture.waitForMessage("lobby", await bobSays(fixture, 3));
    await fixture.restart({ hasHistory: false });
    await bobSays(fixture, count);
    fixture.letBack();
    await fixture.entered("lobby", 2);
    await fixture.waitForMessage("lobby", await bobSays(fixture, 1));
    assertEquals(fixture.told("lobby"), [1, 2, 3, ...through(1, count + 1)]);
  });
}
