import { assert, assertEquals } from "@std/assert";
import type { RoomInfo } from "../../lib/protocol/chat_answers.ts";
import { Guest, TestHub } from "../helpers/chat.ts";

/** All rooms, page by page, and the number of pages. */
function pagesOf(hub: TestHub): { rooms: RoomInfo[]; pages: number } {
  const rooms: RoomInfo[] = [];
  for (let pages = 1;; pages++) {
    const page = hub.roomsAfter(rooms.at(-1)?.room ?? "");
    assert(JSON.stringify(page).length <= 65_536 - 1_000);
    rooms.push(...page.rooms);
    if (page.more !== true) return { rooms, pages };
  }
}

Deno.test("Hub.roomsAfter: lists rooms with members, and empty ones that have messages", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  for (const room of ["ops", "silent", "talk"]) await hub.join(ana.member, room);
  await hub.send(ana.member, "ops", "x");
  await hub.send(ana.member, "talk", "x");
  hub.topics.set(ana.member, "ops", "on call");
  hub.topics.set(ana.member, "talk", "all");
  hub.topics.set(ana.member, "silent", "nothing yet");
  for (const room of ["ops", "silent"]) hub.part(ana.member, room);
  assertEquals(hub.roomsAfter(""), {
    rooms: [
      { room: "lobby", members: 2, seq: 0 },
      { room: "ops", members: 0, seq: 1, topic: "on call" },
      { room: "talk", members: 1, seq: 1, topic: "all" },
    ],
  });
  assertEquals(hub.roomsAfter("lobby").rooms.map(({ room }) => room), ["ops", "talk"]);
  assertEquals(hub.roomsAfter("talk"), { rooms: [] });
  // Clients that do not ask for pages get what they always got
  assertEquals(hub.rooms(), [
    { room: "lobby", members: 2, seq: 0 },
    { room: "talk", members: 1, seq: 1 },
  ]);
  assertEquals(hub.allRooms().map(({ room }) => room), ["lobby", "talk", "ops"]);
  await Promise.all([ana.received(), bia.received()]);
});

Deno.test("Hub.roomsAfter: lists no empty room whose messages are not kept", async () => {
  using hub = new TestHub({ keep: 0 });
  const ana = new Guest(hub);
  await hub.join(ana.member, "ops");
  await hub.send(ana.member, "ops", "x");
  hub.part(ana.member, "ops");
  assertEquals(hub.roomsAfter("").rooms.map(({ room }) => room), ["lobby"]);
  await ana.received();
});

Deno.test("Hub.roomsAfter: tells every room once, over pages of at most 256 rooms that fit an answer", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const names = Array.from({ length: 600 }, (_, i) => `room-${String(i).padStart(3, "0")}`);
  for (const [i, room] of names.entries()) {
    await hub.join(ana.member, room);
    await hub.send(ana.member, room, "x");
    if (i < 300) hub.topics.set(ana.member, room, '"'.repeat(512));
    if (i % 100 !== 7) hub.part(ana.member, room);
  }
  const { rooms, pages } = pagesOf(hub);
  assertEquals(rooms.map(({ room }) => room), ["lobby", ...names]);
  assertEquals(rooms.filter(({ members }) => members > 0).length, 7);
  // 300 rooms of more than 1,024 bytes; 300 of a few
  assert(pages >= 6 && pages <= 9, `${pages}`);
  await ana.received();
});
