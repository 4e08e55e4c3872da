import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { saltPassword } from "../../lib/accounts/scram_keys.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { thrownBy } from "../helpers/scram.ts";

const salt = (byte: number) => new Uint8Array(16).fill(byte);

Deno.test("ScramPassword.salted: computes each result once", async () => {
  const password = new ScramPassword("pencil");
  const first = password.salted(salt(1), 4_096);
  assertStrictEquals(password.salted(salt(1), 4_096), first);
  assertEquals(await first, await saltPassword("pencil", salt(1), 4_096));
});

Deno.test("ScramPassword.salted: depends on salt and iterations", async () => {
  const password = new ScramPassword("pencil");
  const results = await Promise.all([
    password.salted(salt(1), 4_096),
    password.salted(salt(2), 4_096),
    password.salted(salt(1), 4_097),
  ]);
  assertEquals(new Set(results.map((bytes) => bytes.toHex())).size, 3);
});

Deno.test("ScramPassword.salted: caches a few results, and drops the oldest", async () => {
  const password = new ScramPassword("pencil");
  const first = [1, 2, 3, 4].map((byte) => password.salted(salt(byte), 4_096));
  for (const byte of [1, 2, 3, 4]) {
    assertStrictEquals(password.salted(salt(byte), 4_096), first[byte - 1]);
  }
  const fifth = password.salted(salt(5), 4_096);
  assertStrictEquals(password.salted(salt(4), 4_096), first[3]);
  const again = password.salted(salt(1), 4_096);
  assertNotStrictEquals(again, first[0]);
  assertEquals(await again, await first[0]);
  await Promise.all([...first, fifth]);
});

Deno.test("ScramPassword.salted: does not cache a failure", async () => {
  const password = new ScramPassword("pencil");
  const first = password.salted(salt(1), 0);
  await thrownBy(() => first);
  const again = password.salted(salt(1), 0);
  assertNotStrictEquals(again, first);
  await thrownBy(() => again);
});

Deno.test("ScramPassword: prepares the password, or throws", async () => {
  const prepared = new ScramPassword("I\u00adX").salted(salt(1), 4_096);
  assertEquals(await prepared, await new ScramPassword("IX").salted(salt(1), 4_096));
  assertThrows(() => new ScramPassword(""), RequestError);
});
