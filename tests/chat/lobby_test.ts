import { assertEquals } from "@std/assert";
import { encodeNotice, Lobby, type LobbyMember } from "../../lib/chat/lobby.ts";
import { FrameWriter } from "../../lib/stream/frame_writer.ts";
import { parseSlowly } from "../helpers/frames.ts";
import { ascii, StepSink } from "../helpers/step_sink.ts";

/** Somebody in the lobby, and what reaches them. */
class Guest {
  readonly sink = new StepSink();
  readonly overflows: string[] = [];
  readonly writer: FrameWriter;
  readonly member: LobbyMember;

  constructor(lobby: Lobby, nick: string, outboundBytes = 1_000_000) {
    this.writer = new FrameWriter(this.sink, {
      onOverflow: () => this.overflows.push(nick),
      onError: () => {},
    }, outboundBytes);
    this.member = lobby.join(nick, this.writer);
  }

  /** Takes all that is there, and returns the texts that came in all. */
  async heard(): Promise<string[]> {
    await this.sink.takeAll();
    const { frames, leftBytes } = parseSlowly(ascii(this.sink.writes.join("")));
    assertEquals(leftBytes, 0);
    return frames.map(({ type, hex }) => {
      assertEquals(type, "CHAT");
      return new TextDecoder().decode(Uint8Array.fromHex(hex));
    });
  }
}

Deno.test("what a member says reaches all others in order, and not the member", async () => {
  const lobby = new Lobby();
  const [ana, bia, caio] = ["ana", "bia", "caio"].map((nick) => new Guest(lobby, nick));
  lobby.say(ana!.member, "oi");
  lobby.say(bia!.member, "olá");
  lobby.say(ana!.member, "tudo bem?");
  assertEquals(await ana!.heard(), ["[bia]: olá"]);
  assertEquals(await bia!.heard(), ["[ana]: oi", "[ana]: tudo bem?"]);
  assertEquals(await caio!.heard(), ["[ana]: oi", "[bia]: olá", "[ana]: tudo bem?"]);
});

Deno.test("what the server announces reaches everybody", async () => {
  const lobby = new Lobby();
  const [ana, bia] = ["ana", "bia"].map((nick) => new Guest(lobby, nick));
  lobby.say(ana!.member, "oi");
  lobby.announce("até logo");
  assertEquals(await ana!.heard(), ["[SERVER]: até logo"]);
  assertEquals(await bia!.heard(), ["[ana]: oi", "[SERVER]: até logo"]);
});

Deno.test("who joins hears what is said from then on", async () => {
  const lobby = new Lobby();
  const ana = new Guest(lobby, "ana");
  lobby.announce("before");
  const bia = new Guest(lobby, "bia");
  lobby.announce("after");
  assertEquals(await ana.heard(), ["[SERVER]: before", "[SERVER]: after"]);
  assertEquals(await bia.heard(), ["[SERVER]: after"]);
});

Deno.test("who leaves hears what was said before, and nothing more", async () => {
  const lobby = new Lobby();
  const [ana, bia] = ["ana", "bia"].map((nick) => new Guest(lobby, nick));
  assertEquals(lobby.size, 2);
  lobby.say(ana!.member, "1"); // Being written
  lobby.say(ana!.member, "2"); // Waits
  lobby.leave(bia!.member);
  lobby.leave(bia!.member);
  assertEquals(lobby.size, 1);
  lobby.say(ana!.member, "3");
  assertEquals(await bia!.heard(), ["[ana]: 1", "[ana]: 2"]);
});

Deno.test("a burst reaches a member who is slow as one write", async () => {
  const lobby = new Lobby();
  const [ana, bia] = ["ana", "bia"].map((nick) => new Guest(lobby, nick));
  for (let i = 0; i < 100; i++) lobby.say(ana!.member, `${i}`);
  const texts = await bia!.heard();
  assertEquals(texts, Array.from({ length: 100 }, (_, i) => `[ana]: ${i}`));
  assertEquals(bia!.sink.writes.length, 2);
});

Deno.test("a member who reads nothing overflows, the others do not notice", async () => {
  const lobby = new Lobby();
  const ana = new Guest(lobby, "ana");
  const mute = new Guest(lobby, "mute", 500);
  const bia = new Guest(lobby, "bia", 500);
  for (let i = 0; i < 100; i++) {
    lobby.say(ana.member, "0123456789");
    await bia.sink.takeAll();
  }
  assertEquals(mute.overflows, ["mute"]);
  assertEquals(bia.overflows, []);
  assertEquals((await bia.heard()).length, 100);
  await mute.sink.takeAll();
});

Deno.test("encodeNotice speaks in the name of the server", () => {
  const { frames } = parseSlowly(encodeNotice("olá"));
  assertEquals(frames, [{ type: "CHAT", hex: new TextEncoder().encode("[SERVER]: olá").toHex() }]);
});
