import { assertEquals } from "@std/assert";
import { saltPassword } from "../../lib/accounts/scram_keys.ts";

const SALT = new Uint8Array(16).fill(7);

Deno.test("saltPassword: gives the same without WebCrypto, as in a page that came by plain HTTP", async () => {
  const expected = await saltPassword("pencil é", SALT, 4_096);
  Object.defineProperty(crypto, "subtle", { configurable: true, value: undefined });
  try {
    assertEquals(await saltPassword("pencil é", SALT, 4_096), expected);
  } finally {
    Reflect.deleteProperty(crypto, "subtle");
  }
  assertEquals(crypto.subtle !== undefined, true);
});
