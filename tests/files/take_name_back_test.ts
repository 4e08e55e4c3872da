import { assertEquals } from "@std/assert";
import { exists } from "../../lib/files/exists.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { placePart } from "../../lib/files/place_part.ts";
import { takeNameBack } from "../../lib/files/take_name_back.ts";
import { UploadParts } from "../../lib/files/upload_parts.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("takeNameBack: makes a part of the file, which placePart gives its name again", async () => {
  using root = new TempDir();
  const path = root.write("in/a.txt", "stored");
  assertEquals(takeNameBack(path, stampOf(Deno.statSync(path))), root.join("in"));
  assertEquals(exists(path), false);
  const parts = new UploadParts(root.path, Infinity);
  parts.addBases([root.join("in")]);
  const [part] = await parts.list();
  assertEquals(placePart(part!.path, path), true);
  assertEquals(Deno.readTextFileSync(path), "stored");
  assertEquals(await parts.list(), []);
});

Deno.test("takeNameBack: leaves another file, and none, as it is", () => {
  using root = new TempDir();
  const path = root.write("a.txt", "stored");
  const stamp = stampOf(Deno.statSync(path));
  root.write("a.txt", "written since");
  assertEquals(takeNameBack(path, stamp), null);
  assertEquals(Deno.readTextFileSync(path), "written since");
  Deno.removeSync(path);
  assertEquals(takeNameBack(path, stamp), null);
  assertEquals(takeNameBack(root.join("gone/a.txt"), stamp), null);
});
