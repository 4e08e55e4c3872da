import { assertEquals } from "@std/assert";
import { pluralForm } from "../../lib/protocol/plural.ts";

const CASES: ReadonlyArray<[count: number, en: string, pt: string]> = [
  [0, "files", "arquivos"],
  [1, "file", "arquivo"],
  [2, "files", "arquivos"],
  [21, "files", "arquivos"],
  [1_000_000, "files", "arquivos"],
];

for (const [count, en, pt] of CASES) {
  Deno.test(`pluralForm: agrees with ${count}`, () => {
    assertEquals(pluralForm(count, { one: "file", other: "files" }, "en"), en);
    assertEquals(pluralForm(count, { one: "arquivo", other: "arquivos" }, "pt-BR"), pt);
  });
}
