import { assertEquals, assertThrows } from "@std/assert";
import type { FoundTrust } from "../../lib/client/found_trust.ts";
import { readChoice } from "../../lib/cli/client/choose_server.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import type { RatedServer } from "../../lib/cli/view/server_list.ts";

const CONTEXT = { isHost: (name: string) => name === "familiar", locale: makeLocale("en") };

function rated(name: string, kind: "none" | "changed" = "none"): RatedServer {
  const server = { name, address: "10.0.0.2", port: 5555, tls: false, login: false, ms: 1 };
  const trust: FoundTrust = { kind };
  return { server: { ...server, fingerprint: null }, trust };
}

function choose(answer: string, servers: readonly RatedServer[]) {
  return readChoice(answer, servers, CONTEXT);
}

const [CASA, LAB] = [rated("Casa"), rated("lab 3")];

Deno.test("readChoice: takes a number, a name in any case, and the first for Enter", () => {
  assertEquals(choose("2", [CASA, LAB]), LAB);
  assertEquals(choose(" casa ", [CASA, LAB]), CASA);
  assertEquals(choose("LAB 3", [CASA, LAB]), LAB);
  assertEquals(choose("", [CASA, LAB]), CASA);
});

Deno.test("readChoice: Enter never takes a server with another key than the known one", () => {
  const changed = rated("casa", "changed");
  assertEquals(choose("", [changed]), "localhost");
  assertEquals(choose("1", [changed]), changed);
});

Deno.test("readChoice: refuses a number that is not there, and a name that several have", () => {
  for (const number of ["0", "3", "99"]) {
    assertThrows(() => choose(number, [CASA, LAB]), UsageError, `There is no server ${number}`);
  }
  assertThrows(() => choose("casa", [CASA, rated("casa")]), UsageError, "Several servers");
});

Deno.test("readChoice: takes any other text for an address", () => {
  for (const text of ["10.0.0.9", "other:6000", "[::1]:5", "tcp-chat://x?tls", "other"]) {
    assertEquals(choose(text, [CASA, LAB]), text);
  }
});

Deno.test("readChoice: no server takes the place of an address or a known host by its name", () => {
  for (const name of ["localhost", "chat.example", "10.0.0.9", "familiar", "x:1"]) {
    assertEquals(choose(name, [CASA, rated(name)]), name);
  }
});
