import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunningCommands } from "../../lib/cli/interactive/running_commands.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { startSession } from "../helpers/interactive_fixture.ts";
import { until } from "../helpers/serves_on.ts";

const CONTENT = patternedBytes(4_000_000);

/** Whether more than a megabyte of a file is under way below a folder. */
function hasPart(folder: string): boolean {
  try {
    const names = [...Deno.readDirSync(`${folder}/.tcp-chat`)].map(({ name }) => name);
    return names.some((name) => Deno.statSync(`${folder}/.tcp-chat/${name}`).size > 1_000_000);
  } catch {
    return false; // Not made yet
  }
}

Deno.test("cancel: stops transfers of both directions, keeps the chat, and they go on later", async () => {
  await using fixture = await startSession({ uploads: true }, { "down.bin": CONTENT });
  const { server, input, output, folder } = fixture;
  const count = (text: string) => output.out.split(text).length - 1;
  folder.write("up.bin", CONTENT);
  const get = `get down.bin -o ${folder.path}/got`;
  const put = `put ${folder.path}/up.bin`;
  await input.enter("limit 1M");
  for (const line of [get, put]) await input.enter(line);
  await until(
    () => hasPart(folder.join("got")) && hasPart(server.root.path),
    "both to be under way",
  );
  await input.enter("cancelar");
  await until(() => count("Cancelled. The same command goes on where it stopped") === 1, "that");
  await input.enter("chat still here");
  await until(() => server.eventsOf("chat").some(({ text }) => text === "still here"), "the chat");
  assertEquals([folder.list("got").includes("down.bin"), count("verified")], [false, 0]);
  await input.enter("limit off");
  for (const line of [get, put]) await input.enter(line);
  await until(() => count("resumed at") === 2, "both to go on");
  assertEquals(sha256Of(Deno.readFileSync(folder.join("got", "down.bin"))), sha256Of(CONTENT));
  assertEquals(sha256Of(Deno.readFileSync(server.root.join("up.bin"))), sha256Of(CONTENT));
});

Deno.test("cancel: stops the transfer of a name alone", async () => {
  await using fixture = await startSession({}, { "in/a.bin": CONTENT, "b.bin": CONTENT });
  const { input, output, folder } = fixture;
  await input.enter("limit 16KiB");
  for (const name of ["in/a.bin", "b.bin"]) await input.enter(`get ${name} -o ${folder.path}/got`);
  await input.enter("cancel c.bin");
  await until(() => output.out.includes("c.bin: no such transfer is running."), "the refusal");
  await input.enter("cancel a.bin");
  await until(() => output.out.includes("a.bin: cancelled. The same command"), "the end of a");
  await input.enter("limit off");
  await until(() => output.out.includes("verified"), "b");
  assertEquals(folder.list("got").filter((name) => !name.includes("/")), ["b.bin"]);
  await input.enter("cancel");
  await until(() => output.out.includes("No transfer is running."), "the refusal");
});

Deno.test("RunningCommands: tells of failures and of the end of the last command", async () => {
  const told: string[] = [];
  const commands = new RunningCommands({
    onError: (error, path) => told.push(`${path}: ${(error as Error).message}`),
    onIdle: () => told.push("idle"),
  });
  const untilCancelled = (cancelled: AbortSignal) =>
    new Promise<void>((resolve) => cancelled.addEventListener("abort", () => resolve()));
  commands.run("one two", untilCancelled);
  commands.run("three", untilCancelled);
  commands.run("four", () => Promise.reject(new Error("no")));
  assertEquals(commands.cancel("thre"), false);
  assertEquals([commands.cancel("two"), commands.isBusy], [true, true]);
  assertEquals(commands.cancel(""), true);
  await commands.finished();
  assertEquals([commands.isBusy, commands.cancel("")], [false, false]);
  assertStringIncludes(told.join(), "four: no");
  assertEquals(told.at(-1), "idle");
});
