import { assertEquals } from "@std/assert";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { AbusedServer, logIn, SETTINGS, USER } from "../helpers/abused_server.ts";

const WRONG = new ScramPassword("wrong");
const GUESSES = LIMITS.addressFreeFailures + 1;

/** Tries a wrong password; returns the refusal, or "logged in". */
async function guess(abused: AbusedServer, user: string): Promise<string> {
  using peer = await abused.greet();
  return await logIn(peer, user, WRONG).then(() => "logged in", ({ message }) => message);
}

Deno.test("shared address: an account that never logged in from there gets in while others fail", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for accounts"]!);
  for (let i = 0; i < GUESSES; i++) await guess(abused, `pupil${i}`);
  assertEquals(abused.server.eventsOf("refused").length, GUESSES);
  using owner = await abused.greet();
  await logIn(owner);
  await owner.request("LIST", { path: "" });
});

Deno.test("shared address: wrong passwords are answered alike with and without an account", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for accounts"]!);
  const withoutName = (answer: string, user: string) => answer.replaceAll(user, "NAME");
  for (let i = 0; i < 2; i++) {
    const [known, unknown] = [await guess(abused, USER), await guess(abused, "nobody")];
    assertEquals(withoutName(known, USER), withoutName(unknown, "nobody"));
  }
});
