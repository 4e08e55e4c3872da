import { assertEquals } from "@std/assert";
import { Roster } from "../../lib/cli/interactive/roster.ts";

function rosterOf(rooms: Readonly<Record<string, readonly string[]>>): Roster {
  const roster = new Roster();
  for (const [room, nicks] of Object.entries(rooms)) roster.setMembers(room, nicks);
  return roster;
}

Deno.test("Roster: knows nobody at first", () => {
  assertEquals([new Roster().nicks(), new Roster().nicksIn("lobby")], [[], []]);
});

Deno.test("Roster: lists the nicks of a room and of all rooms, sorted, each once", () => {
  const roster = rosterOf({ lobby: ["bob", "ana"], garden: ["eve", "ana"] });
  assertEquals(roster.nicksIn("lobby"), ["ana", "bob"]);
  assertEquals(roster.nicksIn("other"), []);
  assertEquals(roster.nicks(), ["ana", "bob", "eve"]);
});

Deno.test("Roster: takes the members of a room that is entered again instead of the old ones", () => {
  const roster = rosterOf({ lobby: ["ana"] });
  roster.setMembers("lobby", ["bob"]);
  assertEquals(roster.nicks(), ["bob"]);
});

Deno.test("Roster: follows the clients that join and leave a room", () => {
  const roster = rosterOf({ lobby: ["ana"], garden: ["ana"] });
  roster.notice({ event: "joined", room: "lobby", nick: "bob" });
  roster.notice({ event: "left", room: "lobby", nick: "ana" });
  assertEquals([roster.nicksIn("lobby"), roster.nicksIn("garden")], [["bob"], ["ana"]]);
});

Deno.test("Roster: follows a new nick through all rooms of its client", () => {
  const roster = rosterOf({ lobby: ["ana", "bob"], garden: ["ana"], attic: ["bob"] });
  roster.notice({ event: "nick", old: "ana", nick: "eve" });
  assertEquals(roster.nicksIn("lobby"), ["bob", "eve"]);
  assertEquals(roster.nicksIn("garden"), ["eve"]);
  assertEquals(roster.nicksIn("attic"), ["bob"]);
});

Deno.test("Roster: forgets the nicks of a room that was left", () => {
  const roster = rosterOf({ lobby: ["ana"], garden: ["ana", "bob"] });
  roster.forget("garden");
  assertEquals([roster.nicks(), roster.nicksIn("garden")], [["ana"], []]);
});

Deno.test("Roster: ignores the events of a room that was left", () => {
  const roster = rosterOf({ garden: ["ana"] });
  roster.forget("garden");
  roster.notice({ event: "joined", room: "garden", nick: "bob" });
  roster.notice({ event: "nick", old: "ana", nick: "eve" });
  assertEquals(roster.nicks(), []);
});
