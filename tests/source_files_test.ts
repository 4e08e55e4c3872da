/** The tools of architecture_test.ts. */
import { assert, assertEquals } from "@std/assert";
import { functionsOf, runsOnImport, takesDeno, valueImportsOf } from "./helpers/source_files.ts";

Deno.test("functionsOf: finds functions and their lengths", () => {
  const text = [
    "export async function one(",
    "  a: number,",
    "): Promise<void> {",
    "  if (a) {",
    "    return;",
    "  }",
    "}",
    "class Two {",
    "  #three(): void {",
    "    const four = () => {",
    "    };",
    "  }",
    "}",
    "const five = (a: number) =>",
    "  six(",
    "    a,",
    "  );",
    "const seven = () => (",
    "  8",
    ");",
    "eight();",
  ].join("\n");
  assertEquals(functionsOf(text), [
    { head: "export async function one(", lines: 7 },
    { head: "#three(): void {", lines: 4 },
    { head: "const four = () => {", lines: 2 },
    { head: "const five = (a: number) =>", lines: 4 },
    { head: "const seven = () => (", lines: 3 },
  ]);
});

Deno.test("takesDeno, runsOnImport: find each way to the system, and what runs on import", () => {
  const code = (text: string) => ({ path: "lib/chat/a.ts", text, code: text });
  for (const text of ["const { env } = Deno;", "const d = Deno;", 'globalThis["Deno"].env']) {
    assert(takesDeno(code(text)), text);
  }
  for (const text of ["Deno.env.get(x);", "const path: Deno.Addr = x;"]) {
    assert(!takesDeno(code(text)), text);
  }
  const starting = [
    'const worker = new Worker("x");',
    "export const timer = setInterval(tick, 5);",
    "let text =\n  Deno.readTextFileSync(path);",
    "new Worker(path);",
    "start();",
    "const value = await load();",
  ];
  for (const text of starting) assertEquals(runsOnImport(code(text)).length, 1, text);
  const resting = [
    "const MAX = 5;",
    "const f = () => setInterval(tick);",
    "class A {\n  b() {}\n}",
  ];
  for (const text of resting) assertEquals(runsOnImport(code(text)), [], text);
});

Deno.test("valueImportsOf: leaves out what is imported for its types", () => {
  const text = `import type { A } from "./a.ts";
import { type B, type C } from "./b.ts";
import { type D, e } from "./d.ts";
import {
  f,
} from "./f.ts";
import "./g.ts";
`;
  const imports = valueImportsOf({ path: "x.ts", text, code: text });
  assertEquals(imports, ["./d.ts", "./f.ts", "./g.ts"]);
});
