import { assertEquals } from "@std/assert";
import { toLocalPath } from "../../lib/files/local_name.ts";

Deno.test("toLocalPath: encodes each name that the system cannot store", () => {
  const path = "a?b/aux/c.txt";
  assertEquals(toLocalPath(path, "windows"), "a%3Fb/%61ux/c.txt");
  for (const system of ["linux", "darwin"]) assertEquals(toLocalPath(path, system), path);
});
