import { assertEquals } from "@std/assert";
import { Roster } from "../../lib/cli/interactive/roster.ts";

function rosterOf(rooms: Readonly<Record<string, readonly string[]>>): Roster {
  const roster = new Roster();
  for (const [room, nicks] of Object.entries(rooms)) roster.setMembers(room, nicks);
  return roster;
}

Deno.test("Roster: is empty at first", () => {
  assertEquals([new Roster().nicks(), new Roster().nicksIn("lobby")], [[], []]);
});

Deno.test("Roster: lists the nicks of a room or of all rooms, sorted and without duplicates", () => {
  const roster = rosterOf({ lobby: ["bob", "ana"], garden: ["eve", "ana"] });
  assertEquals(roster.nicksIn("lobby"), ["ana", "bob"]);
  assertEquals(roster.nicksIn("other"), []);
  assertEquals(roster.nicks(), ["ana", "bob", "eve"]);
});

Deno.test("Roster.setMembers: replaces the members of the room", () => {
  const roster = rosterOf({ lobby: ["ana"] });
  roster.setMembers("lobby", ["bob"]);
  assertEquals(roster.nicks(), ["bob"]);
});

Deno.test("Roster.notice: adds clients that join a room, and removes clients that leave", () => {
  const roster = rosterOf({ lobby: ["ana"], garden: ["ana"] });
  roster.notice({ event: "joined", room: "lobby", nick: "bob" });
  roster.notice({ event: "left", room: "lobby", nick: "ana" });
  assertEquals([roster.nicksIn("lobby"), roster.nicksIn("garden")], [["bob"], ["ana"]]);
});

Deno.test("Roster.notice: changes a nick in all rooms of its client", () => {
  const roster = rosterOf({ lobby: ["ana", "bob"], garden: ["ana"], attic: ["bob"] });
  roster.notice({ event: "nick", old: "ana", nick: "eve" });
  assertEquals(roster.nicksIn("lobby"), ["bob", "eve"]);
  assertEquals(roster.nicksIn("garden"), ["eve"]);
  assertEquals(roster.nicksIn("attic"), ["bob"]);
});

Deno.test("Roster.forget: removes the nicks of the room", () => {
  const roster = rosterOf({ lobby: ["ana"], garden: ["ana", "bob"] });
  roster.forget("garden");
  assertEquals([roster.nicks(), roster.nicksIn("garden")], [["ana"], []]);
});

Deno.test("Roster.notice: ignores events of a forgotten room", () => {
  const roster = rosterOf({ garden: ["ana"] });
  roster.forget("garden");
  roster.notice({ event: "joined", room: "garden", nick: "bob" });
  roster.notice({ event: "nick", old: "ana", nick: "eve" });
  assertEquals(roster.nicks(), []);
});
