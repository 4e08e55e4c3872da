import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { Guest, TestHub } from "../helpers/chat.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const FILE = { path: "docs/a.txt", truePath: "docs/a.txt", sizeBytes: 5, sha256: "ab".repeat(32) };

/** The code and the reason of the error of a request. */
async function failure(work: () => unknown): Promise<[string, string | null]> {
  const error = await assertRejects(async () => await work(), RequestError);
  return [error.code, error.reason];
}

Deno.test("Hub.send: sends an event to every member, the sender included, and returns its number", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  const beforeMs = Date.now();
  const { seq, time } = await hub.send(ana.member, "lobby", 'olá, "mundo"\n');
  assertEquals(seq, 1);
  assert(time >= beforeMs && time <= Date.now());
  const event = {
    event: "message",
    seq,
    room: "lobby",
    from: "guest-1",
    text: 'olá, "mundo"\n',
    time,
  };
  assertEquals((await ana.received()).at(-1), event as never);
  assertEquals((await bia.received()).at(-1), event as never);
});

Deno.test("Hub: numbers the messages of each room without gaps", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  await hub.join(ana.member, "other");
  const send = async (room: string) => (await hub.send(ana.member, room, "x")).seq;
  const seqs = await Promise.all(["lobby", "other", "lobby", "lobby", "other"].map(send));
  assertEquals(seqs, [1, 1, 2, 3, 2]);
  assertEquals((await hub.announceFile("other", "ana", FILE)).seq, 3);
  assertEquals((await hub.sayAsServer("other", "x")).seq, 4);
  await hub.sendPrivately(ana.member, "guest-1", "x");
  hub.notice("x");
  assertEquals(await send("other"), 5);
  assertEquals(hub.rooms(), [
    { room: "lobby", members: 1, seq: 3 },
    { room: "other", members: 1, seq: 5 },
  ]);
  await ana.received();
});

Deno.test("Hub: sends the same messages, names and order to clients of both protocols", async () => {
  using hub = new TestHub();
  const [line, event] = [new Guest(hub, { protocol: 1 }), new Guest(hub)];
  await Promise.all([
    hub.send(line.member, "lobby", "um"),
    hub.send(event.member, "lobby", "dois"),
    hub.sayAsServer("lobby", "três"),
    hub.announceFile("lobby", "guest-2", FILE),
    hub.send(line.member, "lobby", "cinco"),
  ]);
  assertEquals(await line.received(), [
    "[guest-2]: dois",
    "[SERVER]: três",
    "[guest-2]: here is the file docs/a.txt",
  ]);
  assertEquals(await event.lines(), [
    "lobby joined guest-1", // Until its first message, it could have been a data connection
    "lobby 1 guest-1: um",
    "lobby 2 guest-2: dois",
    "lobby 3 SERVER: três",
    "lobby 4 guest-2 shares docs/a.txt",
    "lobby 5 guest-1: cinco",
  ]);
});

Deno.test("Hub.announceFile: sends an event with path, size and hash, and stores it", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const { seq, time } = await hub.announceFile("lobby", "bia", FILE);
  const { path, sizeBytes: size, sha256 } = FILE;
  const event = {
    event: "file",
    from: "bia",
    path,
    size,
    sha256,
    time,
    seq,
    room: "lobby",
  } as const;
  assertEquals(await ana.received(), [event]);
  assertEquals(await hub.history(ana.member, "lobby"), [event]);
});

Deno.test("Hub.announceFile: stores the event of a room without members", async () => {
  using hub = new TestHub();
  const both = [hub.announceFile("empty", "bia", FILE), hub.announceFile("empty", "bia", FILE)];
  await Promise.all([...both, hub.announceFile("empty", "bia", FILE)]);
  assertEquals(hub.rooms(), []);
  const ana = new Guest(hub);
  assertEquals((await hub.join(ana.member, "empty")).seq, 3);
  assertEquals((await hub.history(ana.member, "empty")).map(({ seq }) => seq), [1, 2, 3]);
  assertEquals(await failure(() => hub.announceFile("No room", "bia", FILE)), [
    "bad-request",
    "room-malformed",
  ]);
});

Deno.test("Hub.sendPrivately: sends an event to both ends, once, and stores nothing", async () => {
  using hub = new TestHub();
  const [ana, bia, caio] = [new Guest(hub), new Guest(hub), new Guest(hub)];
  for (const guest of [ana, bia, caio]) hub.part(guest.member, "lobby");
  const { time } = await hub.sendPrivately(ana.member, "Guest-2", "psst");
  const event = { event: "message", to: "guest-2", from: "guest-1", text: "psst", time } as const;
  assertEquals(
    (await ana.received()).filter((message) =>
      typeof message === "object" && message.event === "message"
    ),
    [event],
  );
  assertEquals((await bia.received()).at(-1), event);
  await hub.sendPrivately(caio.member, "guest-3", "note to self");
  assertEquals((await caio.lines()).filter((line) => line.includes(">")), [
    "guest-3 > guest-3: note to self",
  ]);
  await hub.join(ana.member, "lobby");
  assertEquals(await hub.history(ana.member, "lobby"), []);
});

Deno.test("Hub.sendPrivately: fails with not-found for an unknown nick", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  for (const nick of ["guest-2", "", "SERVER", "lobby"]) {
    assertEquals(await failure(() => hub.sendPrivately(ana.member, nick, "x")), [
      "not-found",
      "nick-unknown",
    ]);
  }
});

Deno.test("Hub: refuses malformed text in every kind of message", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const texts = {
    "": "message-empty",
    [`${"x".repeat(4_097)}`]: "message-long",
    "\0": "message-characters",
  };
  for (const [text, reason] of Object.entries(texts)) {
    const ways = [
      () => hub.send(ana.member, "lobby", text),
      () => hub.sendPrivately(ana.member, "guest-1", text),
      () => hub.sayAsServer("lobby", text),
    ];
    for (const way of ways) assertEquals(await failure(way), ["bad-request", reason]);
  }
  assertEquals((await hub.send(ana.member, "lobby", "x".repeat(4_096))).seq, 1);
  assertEquals((await ana.received()).length, 1);
});

Deno.test("Hub: denies requests in a room that the member is not in", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  await hub.join(bia.member, "hers");
  hub.part(ana.member, "lobby");
  for (const room of ["lobby", "hers", "nowhere", "No room", "constructor"]) {
    const ways = [
      () => hub.send(ana.member, room, "x"),
      () => hub.members(ana.member, room),
      () => hub.history(ana.member, room),
    ];
    for (const way of ways) assertEquals(await failure(way), ["denied", "room-not-in"]);
  }
  assertEquals(await failure(() => hub.sayAsServer("nowhere", "x")), ["not-found", "room-unknown"]);
});

Deno.test("Hub: denies every request of a member that has left", async () => {
  using hub = new TestHub();
  const { member } = new Guest(hub);
  hub.leave(member);
  const ways = [
    () => hub.send(member, "lobby", "x"),
    () => hub.sendPrivately(member, "guest-1", "x"),
    () => hub.join(member, "lobby"),
    () => hub.part(member, "lobby"),
    () => hub.rename(member, "ana"),
    () => hub.members(member),
    () => hub.history(member, "lobby"),
  ];
  for (const way of ways) assertEquals(await failure(way), ["denied", null]);
  hub.upgrade(member, { present: true, names: true, resume: null, login: false });
  hub.leave(member);
  assertEquals(hub.rooms(), []);
});

Deno.test("Hub.history: includes a message sent in the same turn", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub);
  const sent = hub.send(ana.member, "lobby", "x");
  assertEquals((await hub.history(ana.member, "lobby")).map(({ seq }) => seq), [1]);
  assertEquals((await sent).seq, 1);
});

Deno.test("Hub: continues numbers and history after a restart, the numbers also if `keep` is 0", async () => {
  for (const keep of [10_000, 0]) {
    using temp = new TempDir();
    for (let run = 0; run < 3; run++) {
      using hub = new TestHub({ keep }, temp.join("state.db"));
      const ana = new Guest(hub);
      assertEquals((await hub.join(ana.member, "room")).seq, run);
      assertEquals((await hub.send(ana.member, "room", `${run}`)).seq, run + 1);
      const kept = (await hub.history(ana.member, "room")).map((event) =>
        "text" in event && event.text
      );
      assertEquals(kept, keep === 0 ? [] : ["0", "1", "2"].slice(0, run + 1));
      await ana.received();
    }
  }
});

Deno.test("Hub.send: stores and sends 2500 messages of one turn in their order", async () => {
  using hub = new TestHub();
  const [ana, bia] = [new Guest(hub), new Guest(hub)];
  const sent = Array.from({ length: 2_500 }, (_, i) => hub.send(ana.member, "lobby", `${i}`));
  assertEquals((await Promise.all(sent)).map(({ seq }) => seq), sent.map((_, i) => i + 1));
  const events = (await bia.received()).filter((message) =>
    typeof message === "object" && "seq" in message
  );
  assertEquals(events.length, 2_500);
  await ana.received();
});
