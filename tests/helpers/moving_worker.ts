/** The entry of the file worker in a thread in which each file that is opened loses its folder. */
import "../../lib/worker/main.ts";
import { dirname } from "@std/path";

const { openSync } = Deno;
Deno.openSync = (path, options) => {
  const file = openSync(path, options);
  Deno.renameSync(dirname(String(path)), `${dirname(String(path))}-moved`);
  return file;
};
