import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { CLIENT_TEXTS } from "../../lib/cli/texts/client_texts.ts";
import type { Text } from "../../lib/protocol/fill_text.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { SERVER_TEXTS } from "../../lib/cli/texts/server_texts.ts";
import { TEXTS } from "../../lib/cli/texts/texts.ts";

const LIBRARY = fromFileUrl(new URL("../../lib", import.meta.url));
const STRING = /"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/.source;
const EXPRESSION = `(?:${STRING})(?:\\s*\\+\\s*(?:${STRING}))*`;
const PAIR = new RegExp(`\\ben:\\s*(${EXPRESSION}),\\s*"pt-BR":\\s*(${EXPRESSION})`, "g");

interface Pair {
  readonly file: string;
  readonly en: string;
  readonly pt: string;
}

/** All texts in the source files of a folder, exported or not. */
function pairsIn(folder: string): Pair[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return pairsIn(path);
    const source = Deno.readTextFileSync(path);
    const pairs = [...source.matchAll(PAIR)].map(([, en, pt]) => ({
      file: path,
      en: en!,
      pt: pt!,
    }));
    // The pattern must match every text of the file
    const mentions = source.match(/"pt-BR":\s*["`]/g)?.length ?? 0;
    assertEquals(pairs.length, mentions, path);
    return pairs;
  });
}

/** The placeholders of a text and the expressions in it, sorted and without duplicates. */
const placeholders = (text: string) => [...new Set(text.match(/\$\{[^}]*\}|\{\w+/g))].sort();
const pairs = pairsIn(LIBRARY);

Deno.test("texts of lib: are not empty in either language", () => {
  assert(pairs.length > 100, `only ${pairs.length} texts were found`);
  for (const { file, en, pt } of pairs) {
    assert(en.length > 2 && pt.length > 2, `${file}: ${en} ${pt}`);
  }
});

Deno.test("texts of lib: have the same placeholders in both languages", () => {
  for (const { file, en, pt } of pairs) {
    assertEquals(placeholders(pt), placeholders(en), `${file}: ${en}`);
  }
});

/** Texts that are the same in both languages. */
const SAME = [
  ...[
    '"Chat"',
    '"HOST"',
    '"ID"',
    '"Link: "',
    '"SHELL"',
    '"SSH"',
    '"TLS"',
    '"VNC"',
    '"firewall"',
    '"links"',
    '"login"',
    '"ok"',
    '"proxy"',
  ],
  '"{size} ({bytes|# byte|# bytes})"',
];

Deno.test("texts of lib: are all translated", () => {
  const hasWords = (text: string) => /\p{L}/u.test(text.replace(/\$?\{[^}]*\}/g, ""));
  const same = pairs.filter(({ en, pt }) => en === pt && hasWords(en) && !SAME.includes(en));
  assertEquals(same, []);
});

/** The source of all files of a folder. */
function sourceOf(folder: string): string {
  return [...Deno.readDirSync(folder)].map(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? sourceOf(path) : Deno.readTextFileSync(path);
  }).join("\n");
}

Deno.test("TEXTS: all are used, by their keys", () => {
  const source = sourceOf(join(LIBRARY, "cli")); // The tables write their keys without quotes
  const unused = (keys: readonly string[]) => keys.filter((key) => !source.includes(`"${key}"`));
  assertEquals(unused(["no such text"]), ["no such text"]);
  assertEquals(unused(Object.keys(TEXTS)), []);
});

Deno.test("Locale.fill: returns every text in every language", () => {
  for (const text of Object.values<Text>(TEXTS)) {
    const [en, pt] = LANGUAGES.map((language) => makeLocale(language).fill(text));
    assertNotEquals(en, undefined);
    assertNotEquals(pt, undefined);
  }
});

Deno.test("Locale.t: compiles only with all the parameters of a text", () => {
  const { t } = makeLocale("en");
  assertEquals(t("askHost", { host: "here" }), "Server [here]: ");
  // @ts-expect-error: the parameter is missing
  assertEquals(t("askHost"), "Server [{host}]: ");
  // @ts-expect-error: the parameter has another name
  assertEquals(t("askHost", { address: "here" }), "Server [{host}]: ");
});

Deno.test("TEXTS: the compiler knows every text, since none is put together", () => {
  type Unknown = {
    [K in keyof typeof TEXTS]: string extends typeof TEXTS[K]["en" | "pt-BR"] ? K : never;
  }[keyof typeof TEXTS];
  const unknown: Unknown[] = [];
  const none: readonly never[] = unknown; // Does not compile if there is one
  assertEquals(none, []);
});

Deno.test("TEXTS: combines the texts of both programs, which have no key in common", () => {
  for (const [key, text] of Object.entries({ ...SERVER_TEXTS, ...CLIENT_TEXTS })) {
    assertEquals<unknown>(TEXTS[key as keyof typeof TEXTS], text, key);
    assert(!(key in SERVER_TEXTS && key in CLIENT_TEXTS), key);
  }
});
