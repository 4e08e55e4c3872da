import { assertEquals } from "@std/assert";
import { AnnouncedFiles } from "../../lib/cli/view/announced_files.ts";

const announcement = (seq: number, room = "room") => ({
  room,
  seq,
  path: `${room}/${seq}.txt`,
  sha256: "0".repeat(64),
});

Deno.test("AnnouncedFiles.find: finds a file by room and number of its message", () => {
  const files = new AnnouncedFiles();
  files.add(announcement(7));
  files.add(announcement(7, "other"));
  files.add(announcement(7));
  const found = (["room", "other", "third"] as const).map((room) => files.find(room, 7)?.path);
  assertEquals(found, ["room/7.txt", "other/7.txt", undefined]);
  assertEquals(files.find("room", 8), null);
});

Deno.test("AnnouncedFiles: keeps the last 1,000 files", () => {
  const files = new AnnouncedFiles();
  for (let seq = 1; seq <= 1_000; seq++) files.add(announcement(seq));
  assertEquals(files.find("room", 1)?.path, "room/1.txt");
  files.add(announcement(1_001));
  assertEquals([files.find("room", 1), files.find("room", 2)?.path], [null, "room/2.txt"]);
});
