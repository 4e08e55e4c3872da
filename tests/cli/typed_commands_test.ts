import { assert, assertEquals } from "@std/assert";
import { COMMANDS, findCommand } from "../../lib/cli/interactive/commands.ts";
import { TestClient } from "../helpers/clients.ts";
import { startSession } from "../helpers/interactive_fixture.ts";
import { MANAGER } from "../helpers/managed_server.ts";
import { until } from "../helpers/serves_on.ts";

/** Lines as people type them, with quotes, #, @ and capitals, and what must come of each. */
const TYPED: ReadonlyArray<readonly [line: string, answer: string | RegExp]> = [
  ["HELP", /part \[ROOM\] {2,}leave a room/],
  ['Nick "Ana-2"', "You are now Ana-2"],
  ['join "#Ops"', "You are now in #ops: Ana-2"],
  ['Chat "hello" #all', '#ops [Ana-2]: "hello" #all'],
  ["ME waves at #all", "#ops * Ana-2 waves at #all"],
  ["WHO", /Ana-2, since /],
  ["Whois @BOB", "bob: here since "],
  ['whois "bob"', "bob: here since "],
  ["MSG @Bob how are you?", "]: got how are you?"],
  ["ignore @bob", "Messages of bob are hidden"],
  ['Ignore "BOB"', "Messages of BOB are shown again"],
  ['TOPIC "on call"', "#ops * Ana-2 set the topic: on call"],
  ['Away "at lunch"', "You are away: at lunch. back ends it."],
  ["BACK", "You are back."],
  ["History 2", "#ops * Ana-2 waves at #all"],
  ["Rooms", "#ops: 1 client, 2 messages: on call"],
  ['LS "my folder"', "my folder/a file.txt"],
  ["ls my\\ folder", "my folder/a file.txt"],
  ["ls my folder", "my folder/a file.txt"],
  ["ls /", "it's.txt"],
  ["ls none", "none: File not found"],
  ['GET "my folder/a file.txt" -o FOLDER', "FOLDER/a file.txt: 1 B"],
  ["Arquivo my\\ folder/a\\ file.txt it's.txt -o FOLDER/2", "it's.txt: 2 files, 2 B"],
  ['PUT "FOLDER/a file.txt" --to "#new one"', "#new one/a file.txt: 1 B sent"],
  ["put FOLDER/a\\ file.txt --to upper", "upper/a file.txt: 1 B sent"],
  ['MKDIR "new one/in"', "new one/in/ made"],
  ['MV "upper/a file.txt" "new one/in"', "upper/a file.txt is now new one/in/a file.txt"],
  ['RM -r "new one/in" upper', "new one/in/ removed: 1 file, 1 folder"],
  ['SHARE "my folder" --count 1', "Links are made by accounts: log in first"],
  ["Links", "log in first"],
  ["UNSHARE k7f3q2mx", "k7f3q2mx: "],
  ["RESEND", "Nothing to send again."],
  ["Limit", "File data: no limit"],
  ["limit 1", "at least 16KiB a second"],
  ["put FOLDER --bwlimit 1M", "Unknown option --bwlimit."],
  ["Cancel", "No transfer is running."],
  ["Limite OFF", "File data: no limit"],
  ['PART "#OPS"', "You left #ops"],
  ["CLEAR", ""],
  ["talk", "Every line is chat now"],
  ["/JOIN #Other", "You are now in #other: Ana-2"],
  ["/TALK", "Lines are commands again."],
];

Deno.test("interactive session: takes every command as people type it", async () => {
  await using fixture = await startSession(
    { ...MANAGER, chatPerSecond: 0 },
    { "my folder/a file.txt": "x", "it's.txt": "y" },
  );
  const { server, input, output, folder } = fixture;
  await using bob = await TestClient.connect(server.port, { protocol: 2 });
  await bob.client.chat.setNick("bob");
  const answered = until(() => bob.heard.length > 0, "the message to bob")
    .then(() => bob.client.chat.say(`got ${bob.heard[0]?.split(": ")[1]}`, { to: "Ana-2" }));
  for (const [line, answer] of TYPED) {
    const start = output.out.length;
    await input.enter(line.replaceAll("FOLDER", folder.path));
    if (line === "CLEAR") continue;
    const isThere = () => {
      const said = output.out.slice(start);
      return typeof answer === "string"
        ? said.includes(answer.replaceAll("FOLDER", folder.path))
        : answer.test(said);
    };
    await until(isThere, `${answer} after ${line}`).catch((cause) => {
      throw new Error(`No ${answer} after ${line}, but ${output.out.slice(start)}`, { cause });
    });
  }
  await answered;
  const typed = new Set(TYPED.map(([line]) => findCommand(line.replace(/^\//, "").split(" ")[0]!)));
  assertEquals(Object.keys(COMMANDS).filter((name) => !typed.has(name as never)), ["quit"]);
  assert(output.err === "");
});
