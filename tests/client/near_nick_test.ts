import { assertEquals } from "@std/assert";
import { nearNick } from "../../lib/client/near_nick.ts";

const NICKS: Array<[nick: string, nicks: readonly string[], near: string | null]> = [
  ["bruno", ["ana", "guest-bruno"], "guest-bruno"],
  ["Bruno", ["guest-bruno-2", "guest-BRUNO"], "guest-BRUNO"],
  ["guest-bruno", ["bruno"], "bruno"],
  ["brumo", ["guest-1", "Bruno"], "Bruno"],
  ["brumo", ["guest-bruno"], "guest-bruno"],
  ["bruno", ["guest-1", "ana"], null],
  ["1", ["guest-2"], null],
  ["guest-1", ["guest-2"], null],
  ["bruno", [], null],
];

for (const [nick, nicks, near] of NICKS) {
  Deno.test(`nearNick: ${near ?? "none"} for ${nick} of ${nicks.join(", ") || "none"}`, () => {
    assertEquals(nearNick(nick, nicks), near);
  });
}
