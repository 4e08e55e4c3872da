import { assertEquals } from "@std/assert";
import { placeHint } from "../../lib/cli/commands/place_hint.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { RequestError } from "../../lib/protocol/errors.ts";

const NOT_FOUND = new RequestError("not-found");

/** The hint for paths of which one has failed. */
function hintOf(paths: string[], path: string, error: unknown = NOT_FOUND) {
  const asked = { paths, format: { locale: makeLocale("en") } };
  return placeHint("get", asked, { failures: [{ path, error }] });
}

Deno.test("placeHint: names the option where the last of several paths does not exist", () => {
  assertEquals(hintOf(["a.txt", "out"], "out"), "To put the files into out: -o out");
  const dot = hintOf(["a.txt", "."], ".", new RequestError("bad-path"));
  assertEquals(dot, "To put the files into .: -o .");
  const asked = { paths: ["a.txt", "out"], format: { locale: makeLocale("pt-BR") } };
  assertEquals(
    placeHint("put", asked, { failures: [{ path: "out", error: NOT_FOUND }] }),
    "Para pôr os arquivos em out, no servidor: --to out",
  );
});

Deno.test("placeHint: is for no path alone, none before the last, no pattern, and no other failure", () => {
  assertEquals(hintOf(["out"], "out"), null);
  assertEquals(hintOf(["out", "a.txt"], "out"), null);
  assertEquals(hintOf(["a.txt", "*.txt"], "*.txt"), null);
  assertEquals(hintOf(["a.txt", "out"], "out", new RequestError("denied")), null);
});
