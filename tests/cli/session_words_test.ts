import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../lib/cli/interactive/commands.ts";
import { within } from "../helpers/deadline.ts";
import { startSession } from "../helpers/interactive_fixture.ts";
import { until } from "../helpers/serves_on.ts";

Deno.test("help NAME, NAME --help: show a command, and carry out none", async () => {
  await using fixture = await startSession();
  const { input, output, screen } = fixture;
  let shown = "";
  for (const { words: [word], usage, help } of Object.values(COMMANDS)) {
    for (const line of [`${word} --HELP`, `/${word} -h`, `help ${word}`]) await input.enter(line);
    shown += `  ${usage.en}  ${help.en}\n`.repeat(3);
  }
  await until(() => output.out.includes(shown), "the help of all commands");
  assertEquals([screen.room, screen.roster.nicksIn("lobby")], ["lobby", ["guest-1"]]);
  await input.enter("help nothing");
  await until(() => output.out.includes("Unknown command: nothing."), "the answer");
});

Deno.test("quit, part, history: refuse a room that is none of theirs, and go on", async () => {
  await using fixture = await startSession();
  const { input, output } = fixture;
  for (const line of ["quit garden", "part garden", "history garden"]) await input.enter(line);
  await until(() => output.out.includes("Usage: history [N]"), "the answers");
  assertStringIncludes(output.out, "quit alone leaves the server; part ROOM leaves a room\n");
  await until(() => output.out.includes("You are not in this room\n"), "the refusal");
  assertEquals(output.out.includes("You left"), false);
});

Deno.test("help NAME: lists all to an admin, where it may be a command of the server's console", async () => {
  await using fixture = await startSession();
  const { input, output, chat: { client } } = fixture;
  const asked = Promise.withResolvers<unknown>();
  Object.defineProperty(client, "account", { value: { name: "ada", role: "admin" } });
  client.chat.say = (...said) => Promise.resolve(void asked.resolve(said)) as never;
  await input.enter("help ban");
  assertEquals(await within(asked.promise, "the console"), ["/help", { to: "SERVER" }]);
  assertStringIncludes(output.out, COMMANDS.whois.help.en);
});
