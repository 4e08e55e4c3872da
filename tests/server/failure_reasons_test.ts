import { assertEquals } from "@std/assert";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

/** Requests that fail, with the code and the reason of FAIL, if it has a reason. */
const FAILURES: ReadonlyArray<[type: string, fields: Json, code: string, reason?: string]> = [
  ["NICK", { nick: "SERVER" }, "denied", "nick-reserved"],
  ["NICK", { nick: "a b" }, "bad-request", "nick-malformed"],
  ["NICK", { nick: "guest-1" }, "exists", "nick-taken"],
  ["JOIN", { room: "No Room" }, "bad-request", "room-malformed"],
  ["SEND", { room: "elsewhere", text: "x" }, "denied", "room-not-in"],
  ["SEND", { to: "ghost", text: "x" }, "not-found", "nick-unknown"],
  ["SEND", { room: "lobby", text: "" }, "bad-request", "message-empty"],
  ["STAT", { path: "a/../b" }, "bad-path", "path-dots"],
  ["MKDR", { path: "a//b" }, "bad-path", "path-empty"],
  ["STAT", { path: "missing" }, "not-found"],
  ["STAT", {}, "bad-request"],
];

Deno.test("FAIL: has the reason besides the code, in every language", async () => {
  for (const language of ["en", "pt-BR"] as const) {
    await using server = await startServer({ uploads: true, language });
    using _first = await Protocol2Peer.connect(server.port);
    using peer = await Protocol2Peer.connect(server.port);
    for (const [type, fields, code, reason] of FAILURES) {
      const id = await peer.ask(type, fields);
      const failure = await peer.expect("FAIL");
      assertEquals([failure.id, failure.code, failure.reason], [id, code, reason], type);
      assertEquals(typeof failure.message, "string");
    }
  }
});
