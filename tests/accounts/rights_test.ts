import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  formatRights,
  GRANTABLE_RIGHTS,
  guestSubject,
  parseRights,
  RightsError,
  rightsOfRole,
} from "../../lib/accounts/rights.ts";

Deno.test("parseRights: accepts any order, and spaces around commas", () => {
  assertEquals(parseRights("read"), new Set(["read"]));
  assertEquals(parseRights("chat,write,read"), new Set(["read", "write", "chat"]));
  assertEquals(parseRights(" read , chat "), new Set(["read", "chat"]));
  assertEquals(parseRights("read,read"), new Set(["read"]));
  assertEquals(parseRights("none"), new Set());
});

Deno.test("parseRights: throws RightsError with the unknown word", () => {
  const wrong = [["reed", "reed"], ["read,wirte,x", "wirte"], ["", ""], ["read,", ""], [",", ""]];
  wrong.push(["Read", "Read"], ["read write", "read write"], ["read,none", "none"]);
  wrong.push(["none,none", "none"], ["admin", "admin"], ["*", "*"]);
  for (const [text, word] of wrong) {
    const error = assertThrows(() => parseRights(text!), RightsError);
    assertEquals([error.code, error.word], ["unknown-right", word]);
    assertStringIncludes(error.message, `"${word}"`);
    assertStringIncludes(error.message, "read, write, delete, chat, share, none");
  }
});

Deno.test("formatRights: is the inverse of parseRights", () => {
  assertEquals(formatRights(new Set(["chat", "read"])), "read,chat");
  assertEquals(formatRights(new Set()), "none");
  fc.assert(fc.property(fc.subarray([...GRANTABLE_RIGHTS]), (list) => {
    assertEquals(parseRights(formatRights(new Set(list))), new Set(list));
  }));
});

Deno.test("rightsOfRole: grants a member read, write, delete and chat, an admin everything", () => {
  assertEquals(rightsOfRole("member"), new Set(["read", "write", "delete", "chat"]));
  assertEquals(rightsOfRole("admin"), new Set([...GRANTABLE_RIGHTS, "admin"]));
});

Deno.test("guestSubject: has no name, and the given rights", () => {
  const rights = parseRights("read,chat");
  assertEquals(guestSubject(rights), { name: null, role: "guest", rights });
});
