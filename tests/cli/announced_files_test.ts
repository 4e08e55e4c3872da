import { assertEquals } from "@std/assert";
import { AnnouncedFiles } from "../../lib/cli/view/announced_files.ts";

const announcement = (seq: number, room = "room") => ({
  room,
  seq,
  path: `${room}/${seq}.txt`,
  sha256: "0".repeat(64),
});

Deno.test("AnnouncedFiles: numbers the files from 1, and finds them by number", () => {
  const files = new AnnouncedFiles();
  assertEquals([7, 9].map((seq) => files.add(announcement(seq))), [1, 2]);
  assertEquals(files.add(announcement(7, "other")), 3);
  assertEquals([0, 1, 2, 3, 4].map((number) => files.find(number)), [
    null,
    "room/7.txt",
    "room/9.txt",
    "other/7.txt",
    null,
  ]);
});

Deno.test("AnnouncedFiles.add: returns the old number for a repeated announcement, a new number per upload", () => {
  const files = new AnnouncedFiles();
  assertEquals(files.add(announcement(1)), 1);
  assertEquals(files.add(announcement(2)), 2);
  assertEquals(files.add(announcement(1)), 1);
  assertEquals(files.add({ ...announcement(1), seq: 3 }), 3);
  assertEquals(files.find(3), "room/1.txt");
});

Deno.test("AnnouncedFiles: keeps the numbers of the last 1,000 files", () => {
  const files = new AnnouncedFiles();
  for (let seq = 1; seq <= 1_001; seq++) files.add(announcement(seq));
  assertEquals([files.find(1), files.find(2)], [null, "room/2.txt"]);
  assertEquals(files.add(announcement(2)), 2);
  assertEquals(files.add(announcement(1)), 1_002);
  assertEquals(files.find(1_002), "room/1.txt");
});
