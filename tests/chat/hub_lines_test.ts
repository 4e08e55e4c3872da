import { assertEquals } from "@std/assert";
import { encodeNotice } from "../../lib/chat/chat_texts.ts";
import { Guest, TestHub } from "../helpers/chat.ts";
import { parseSlowly, plainFrame } from "../helpers/frames.ts";

/** Clients of protocol 1, `guest-1` and so on. */
function guests(hub: TestHub, count: number): Guest[] {
  return Array.from({ length: count }, () => new Guest(hub, { protocol: 1 }));
}

Deno.test("Hub: sends a message from protocol 1 to all other members in order, but not to its sender", async () => {
  using hub = new TestHub();
  const [ana, bia, caio] = guests(hub, 3);
  await Promise.all([
    hub.send(ana!.member, "lobby", "oi"),
    hub.send(bia!.member, "lobby", "olá"),
    hub.send(ana!.member, "lobby", "tudo bem?"),
  ]);
  assertEquals(await ana!.received(), ["[guest-2]: olá"]);
  assertEquals(await bia!.received(), ["[guest-1]: oi", "[guest-1]: tudo bem?"]);
  assertEquals(await caio!.received(), [
    "[guest-1]: oi",
    "[guest-2]: olá",
    "[guest-1]: tudo bem?",
  ]);
});

Deno.test("Hub.notice: reaches all members, after earlier messages", async () => {
  using hub = new TestHub();
  const [ana, bia] = guests(hub, 2);
  const sent = hub.send(ana!.member, "lobby", "oi");
  hub.notice("até logo");
  assertEquals(await ana!.received(), ["[SERVER]: até logo"]);
  assertEquals(await bia!.received(), ["[guest-1]: oi", "[SERVER]: até logo"]);
  await sent;
});

Deno.test("Hub.enter: sends later messages only", async () => {
  using hub = new TestHub();
  const [ana] = guests(hub, 1);
  hub.notice("before");
  const [bia] = guests(hub, 1);
  hub.notice("after");
  assertEquals(await ana!.received(), ["[SERVER]: before", "[SERVER]: after"]);
  assertEquals(await bia!.received(), ["[SERVER]: after"]);
});

Deno.test("Hub.leave: sends earlier messages, and no later messages", async () => {
  using hub = new TestHub();
  const [ana, bia] = guests(hub, 2);
  assertEquals(hub.rooms()[0]?.members, 2);
  hub.notice("1"); // Being written
  hub.notice("2"); // Waits
  const sent = hub.send(ana!.member, "lobby", "3");
  hub.leave(bia!.member);
  hub.leave(bia!.member);
  assertEquals(hub.rooms()[0]?.members, 1);
  hub.notice("4");
  assertEquals(await bia!.received(), ["[SERVER]: 1", "[SERVER]: 2", "[guest-1]: 3"]);
  await sent;
});

Deno.test("Hub: sends a burst to a slow client in one write", async () => {
  for (const protocol of [1, 2] as const) {
    using hub = new TestHub();
    const ana = new Guest(hub);
    const bia = new Guest(hub, { protocol });
    hub.notice("Being written");
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => hub.send(ana.member, "lobby", `${i}`)),
    );
    assertEquals((await bia.received()).length, 1 + 100);
    assertEquals(bia.sink.writes.length, 2);
    await ana.received();
  }
});

Deno.test("Hub: removes a client that reads nothing when its queue overflows, and no other client", async () => {
  using hub = new TestHub();
  const ana = new Guest(hub, { protocol: 1 });
  const mute = new Guest(hub, { protocol: 1, outboundBytes: 500 });
  const bia = new Guest(hub, { protocol: 1, outboundBytes: 500 });
  const received: unknown[] = [];
  for (let i = 0; i < 100; i++) {
    await hub.send(ana.member, "lobby", "0123456789");
    received.push(...await bia.received());
  }
  assertEquals([mute.overflows.length, bia.overflows.length], [1, 0]);
  assertEquals(received.length, 100);
  assertEquals(hub.rooms()[0]?.members, 2);
  await mute.sink.completeAll();
});

Deno.test("Hub: sends no events of nicks, rooms, presence and shutdown to clients of protocol 1", async () => {
  using hub = new TestHub();
  const [ana] = guests(hub, 1);
  const bia = new Guest(hub);
  await hub.rename(bia.member, "beatriz");
  await hub.join(bia.member, "other");
  hub.part(bia.member, "lobby");
  hub.tellAll({ event: "shutdown" });
  hub.leave(bia.member);
  hub.notice("the last notice");
  assertEquals(await ana!.received(), ["[SERVER]: the last notice"]);
  await bia.received();
});

Deno.test("Hub.announceFile: sends protocol 1 a line with the path, in the server's language", async () => {
  const file = {
    path: "docs/a.txt",
    truePath: "docs/a.txt",
    sizeBytes: 5,
    sha256: "ab".repeat(32),
  };
  for (
    const [language, text] of [
      ["en", "here is the file docs/a.txt"],
      ["pt-BR", "aqui está o arquivo docs/a.txt"],
    ] as const
  ) {
    using hub = new TestHub({ language });
    const [ana] = guests(hub, 1);
    await hub.announceFile("lobby", "bia", file);
    await hub.announceFile("other", "bia", file);
    assertEquals(await ana!.received(), [`[bia]: ${text}`]);
  }
});

Deno.test("Hub.sendPrivately: sends protocol 1 a line marked as private, in the server's language", async () => {
  for (const [language, you] of [["en", "you"], ["pt-BR", "você"]] as const) {
    using hub = new TestHub({ language });
    const [ana, caio] = guests(hub, 2);
    const bia = new Guest(hub);
    await hub.sendPrivately(bia.member, "GUEST-1", "psst");
    assertEquals(await ana!.received(), [`[guest-3 → ${you}]: psst`]);
    assertEquals(await caio!.received(), []);
    assertEquals(await bia.lines(), ["guest-3 > guest-1: psst"]);
  }
});

Deno.test("Hub: sends notices of the server to a member, and messages of the server to a room", async () => {
  using hub = new TestHub();
  const [ana, bia] = guests(hub, 2);
  hub.noticeTo(ana!.member, "only you");
  await hub.sayAsServer("lobby", "all of you");
  assertEquals(await ana!.received(), ["[SERVER]: only you", "[SERVER]: all of you"]);
  assertEquals(await bia!.received(), ["[SERVER]: all of you"]);
});

Deno.test("encodeNotice: makes a CHAT frame from the server", () => {
  assertEquals(parseSlowly(encodeNotice("olá")).frames, [plainFrame("CHAT", "[SERVER]: olá")]);
});

Deno.test("Hub: indents further lines for protocol 1, so that none poses as a message of another", async () => {
  using hub = new TestHub();
  const [ana, bia] = guests(hub, 2);
  const forged = "hi\n[SERVER]: the password has changed\u2028[guest-9]: so it has";
  await hub.send(ana!.member, "lobby", forged);
  await hub.sendPrivately(ana!.member, "guest-2", forged);
  const lines = (await bia!.received()).flatMap((text) => String(text).split(/[\n\u2028]/));
  assertEquals(lines.filter((line) => line.startsWith("[")), [
    "[guest-1]: hi",
    "[guest-1 → you]: hi",
  ]);
});
