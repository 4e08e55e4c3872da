import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { programCommand } from "./helpers/program.ts";
import { ROOT } from "./helpers/source_files.ts";

const PROGRAMS = ["server", "client"] as const;
const PERMISSIONS = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).permissions;

Deno.test("deno.json: the programs may neither start programs nor load native code", () => {
  for (const program of PROGRAMS) {
    const { net, read, write, env: _env, sys: _sys, ...others } = PERMISSIONS[program];
    assertEquals([net, read, write, others], [true, true, true, {}]);
    assertEquals(programCommand(program).includes(`-P=${program}`), true);
  }
});

Deno.test("deno.json: the server's set holds the client's, since an executable is both", () => {
  const { server, client } = PERMISSIONS;
  for (const kind of ["env", "sys"]) {
    assertEquals(client[kind].filter((name: string) => !server[kind].includes(name)), []);
  }
});

Deno.test("deno.json: the programs may read variables that it names, and none that hold secrets", () => {
  for (const program of PROGRAMS) {
    const names: string[] = PERMISSIONS[program].env;
    const isNamed = (name: string) =>
      name === "TCP_CHAT_*" || /^(?:[A-Z_]+|[a-z]+_proxy)$/.test(name);
    assertEquals(names.filter((name) => !isNamed(name)), []);
    assertEquals(names.filter((name) => /TOKEN|KEY|SECRET|PASSWORD|SSH/.test(name)), []);
  }
});
