import { assertEquals } from "@std/assert";
import { REQUEST_ERROR_TEXTS } from "../../lib/protocol/errors.ts";
import { preferredLanguage } from "../../lib/web/accept_language.ts";
import { refuseHttp } from "../../lib/web/early_answers.ts";
import { bodyText, request, requestText, startWebServer } from "../helpers/web.ts";

Deno.test("preferredLanguage: the one of the largest weight, the first of those, else that of the server", () => {
  const lists: ReadonlyArray<readonly [list: string | undefined, inEnglish: string, pt: string]> = [
    ["pt-BR,pt;q=0.9,en;q=0.8", "pt-BR", "pt-BR"],
    ["en-US,en;q=0.9,pt;q=0.8", "en", "en"],
    ["en;q=0.5, PT ; Q=0.7", "pt-BR", "pt-BR"],
    ["de, pt-PT;q=0.3", "pt-BR", "pt-BR"],
    ["pt;q=0, en;q=0.1", "en", "en"],
    ["pt;q=0", "en", "pt-BR"],
    ["en;q=2, x y, ;q=1", "en", "pt-BR"],
    ["ptx, english", "en", "pt-BR"],
    ["*", "en", "pt-BR"],
    ["", "en", "pt-BR"],
    [undefined, "en", "pt-BR"],
  ];
  for (const [list, inEnglish, pt] of lists) {
    const found = [preferredLanguage(list, "en"), preferredLanguage(list, "pt-BR")];
    assertEquals(found, [inEnglish, pt], list);
  }
});

Deno.test("web page: tells failures in the language that a browser asks for", async () => {
  await using server = await startWebServer({}, { a: "hello" });
  const tell = async (line: string, headers: Record<string, string>) => {
    const answer = await request(server.port, line, headers);
    const about = ["content-language", "vary"].map((name) => answer.headers.get(name));
    return [answer.status, ...about, bodyText(answer)];
  };
  const pt = { "Accept-Language": "pt-BR,pt;q=0.9,en;q=0.8" };
  const told = ["pt-BR", "accept-language"];
  assertEquals(await tell("GET /none", pt), [404, ...told, "Não há nada neste endereço\n"]);
  assertEquals(await tell("GET /files/b", pt), [404, ...told, "Arquivo não encontrado\n"]);
  assertEquals(
    await tell("GET /files/a", { ...pt, Range: "bytes=9-" }),
    [416, ...told, "O arquivo não tem esses bytes\n"],
  );
  assertEquals(
    await tell("GET /files/b", {}),
    [404, "en", "accept-language", "File not found\n"],
  );
});

Deno.test("refuseHttp: tells the reason in the language that a browser asks for", () => {
  const told = (headers: Record<string, string>) => {
    const first = new TextEncoder().encode(requestText("GET /", headers));
    const answer = refuseHttp(first, "server-full", REQUEST_ERROR_TEXTS["server-full"], "en");
    return new TextDecoder().decode(answer!).split("\r\n\r\n")[1];
  };
  const { en, "pt-BR": pt } = REQUEST_ERROR_TEXTS["server-full"];
  assertEquals([told({}), told({ "Accept-Language": "pt" })], [`${en}\n`, `${pt}\n`]);
});
