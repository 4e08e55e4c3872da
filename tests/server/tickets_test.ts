import { assert, assertEquals } from "@std/assert";
import type { Account } from "../../lib/accounts/account.ts";
import { Tickets } from "../../lib/server/context/tickets.ts";

const ANA: Account = {
  name: "Ana",
  role: "member",
  createdMs: 0,
  revision: 7,
  rights: new Set(),
} as unknown as Account;
const HOUR_MS = 60 * 60 * 1000;

function finding(...accounts: Account[]): (name: string) => Account | null {
  return (name) => accounts.find((account) => account.name === name) ?? null;
}

Deno.test("Tickets: a ticket stands for its account, for its path, for an hour", async () => {
  const tickets = new Tickets();
  const { text, expiresMs } = await tickets.issue(ANA, "a/b", 1_000);
  assertEquals(expiresMs, 1_000 + HOUR_MS);
  assert(/^[\w-]+$/.test(text));
  const check = (path: string, nowMs: number, ...accounts: Account[]) =>
    tickets.check(text, path, finding(...accounts), nowMs);
  assertEquals(await check("a/b", 1_000, ANA), ANA);
  assertEquals(await check("a/b", 999 + HOUR_MS, ANA), ANA);
  assertEquals(await check("a/b", 1_000 + HOUR_MS, ANA), null);
  for (const path of ["a", "a/", "a/b/c", "", "A/b"]) {
    assertEquals(await check(path, 1_000, ANA), null);
  }
  assertEquals(await check("a/b", 1_000), null); // Removed
  assertEquals(await check("a/b", 1_000, { ...ANA, revision: 8 }), null); // Changed
});

Deno.test("Tickets: a ticket of another server, or a forged one, is worth nothing", async () => {
  const tickets = new Tickets();
  const { text } = await tickets.issue(ANA, "a", 0);
  const find = finding(ANA, { ...ANA, name: "Eva" });
  assertEquals(await new Tickets().check(text, "a", find, 0), null);
  const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
  for (let at = 0; at < bytes.length; at++) {
    const forged = bytes.slice();
    forged[at]! ^= 1;
    assertEquals(await tickets.check(toText(forged), "a", find, 0), null, `byte ${at}`);
  }
  const eva = new Uint8Array([...bytes.subarray(0, 40), ...new TextEncoder().encode("Eva")]);
  assertEquals(await tickets.check(toText(eva), "a", find, 0), null);
  for (const length of [0, 1, 8, 39, 40]) {
    assertEquals(await tickets.check(toText(bytes.subarray(0, length)), "a", find, 0), null);
  }
  for (const wrong of ["", "!", text + "=", text + "A", "A".repeat(100_000), "\u{1F600}"]) {
    assertEquals(await tickets.check(wrong, "a", find, 0), null);
  }
});

function toText(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
