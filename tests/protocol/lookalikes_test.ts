import { assertEquals } from "@std/assert";
import { isMisleadingNick, looksLike } from "../../lib/protocol/lookalikes.ts";

Deno.test("looksLike: sees other scripts, capitals and letters made of others", () => {
  const pairs = [
    ["paul", "p\u0430ul"], // Cyrillic а
    ["paul", "PAUL"],
    ["Paul", "PauI"], // A capital i
    ["Mary", "m\u0430ry"],
    ["Ivan", "iv\u0430n"],
    ["Ivan", "lvan"],
    ["bob", "b0b"],
    ["modern", "rnodern"],
    ["alice", "\uff41lice"], // Fullwidth
    ["SERVER", "\u0405\u0415RV\u0415R"],
    ["João", "Joa\u0303o"],
  ];
  for (const [name, other] of pairs) assertEquals(looksLike(name!, other!), true, other);
});

Deno.test("looksLike: keeps names apart that look different", () => {
  const pairs = [["ana", "anna"], ["João", "Joao"], ["ivan", "Иван"], ["bob", "rob"], [
    "an",
    "ann",
  ]];
  for (const [name, other] of pairs) assertEquals(looksLike(name!, other!), false, other);
});

Deno.test("isMisleadingNick: finds numbers, addresses, default nicks and the name of the server", () => {
  const misleading = [
    ...["5", "٥", "5-6", "10.0.0.1", "10.1", "127.0.0.0-8", "...", "-"],
    ...["guest-5", "Guest-5", "guest5", "guest_5", "guest-5-2", "gue\u0455t-5", "guest-\u0665"],
    ...["server", "SERVER", "_Server_", "s\u0435rver", "\u0405\u0415RV\u0415R", "server."],
  ];
  for (const nick of misleading) assertEquals(isMisleadingNick(nick), true, nick);
  const honest = [
    "ana",
    "r2d2",
    "user5",
    "guest",
    "guest-lol",
    "guest-ana",
    "servers",
    "v1.0",
    "5a",
  ];
  for (const nick of honest) assertEquals(isMisleadingNick(nick), false, nick);
});
