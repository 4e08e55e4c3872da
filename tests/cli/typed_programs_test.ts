import { assertEquals } from "@std/assert";
import { typedPrograms } from "../../lib/cli/texts/typed_programs.ts";

const SOURCE = { mainModule: "file:///x/server.ts", executable: "/usr/bin/deno", npx: undefined };

Deno.test("typedPrograms: are the modules for users of the source", () => {
  const programs = { client: "deno run -A client.ts", server: "deno run -A server.ts" };
  assertEquals<unknown>(typedPrograms(SOURCE), programs);
  const windows = { ...SOURCE, executable: "C:\\deno.exe" };
  if (Deno.build.os === "windows") assertEquals<unknown>(typedPrograms(windows), programs);
});

Deno.test("typedPrograms: are the installed ones for users of an executable or the npm package", () => {
  const programs = { client: "tcp-chat", server: "tcp-chat serve" };
  for (const name of ["tcp-chat", "tcp-chat-server"]) {
    const start = { ...SOURCE, executable: `/usr/bin/${name}` };
    assertEquals<unknown>(typedPrograms(start), programs);
  }
  const npm = { ...SOURCE, mainModule: "file:///x/node_modules/tcp-chat/lib/client.js" };
  assertEquals<unknown>(typedPrograms(npm), programs);
  assertEquals<unknown>(typedPrograms({ ...npm, npx: "0" }), programs);
});

Deno.test("typedPrograms: begin with npx where npx has started the program", () => {
  const npx = { mainModule: "file:///x/client.js", executable: "/x/deno", npx: "1" };
  assertEquals<unknown>(typedPrograms(npx), {
    client: "npx tcp-chat",
    server: "npx tcp-chat serve",
  });
});
