import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { stringify } from "smol-toml";
import {
  lineOf,
  parseConfig,
  readConfig,
  readConfigIfThere,
  readSettings,
} from "../../lib/cli/options/config_file.ts";
import type { OptionTable } from "../../lib/cli/options/options.ts";
import { tomlStatements } from "../../lib/cli/options/toml_statements.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { CONFIG_LIMITS } from "../../lib/protocol/limits.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const HELP = { en: "", "pt-BR": "" };
const OPTIONS = {
  port: { kind: "integer", minimum: 1, maximum: 10, help: HELP, group: "" },
  root: { kind: "text", value: "folder", help: HELP, group: "" },
  lang: { kind: "text", choices: ["en", "pt-BR"], help: HELP, group: "" },
  tls: { kind: "flag", help: HELP, group: "" },
  size: { kind: "size", help: HELP, group: "" },
  room: { kind: "texts", help: HELP, group: "" },
} as const satisfies OptionTable;
const EN = makeLocale("en");

const read = (text: string, locale = EN) =>
  readSettings(
    parseConfig("f.toml", text, locale),
    [],
    { options: OPTIONS, cli: ["help"] },
    locale,
  );
const valuesOf = (text: string) =>
  Object.fromEntries([...read(text).values].map(([name, { value }]) => [name, value]));
const errorOf = (text: string, locale = EN) =>
  locale.failure(assertThrows(() => read(text, locale), UsageError)).message as string;

Deno.test("readSettings: reads a value of every kind, with its line", () => {
  const { path, values } = read(`# first
port = 7

root = """
a"""
tls = false
size = "10M"
room = [ # ] "
  "a",
  'b',
]
lang = 'pt-BR'
`);
  assertEquals(path, "f.toml");
  assertEquals(Object.fromEntries(values), {
    port: { value: 7, line: 2 },
    root: { value: "a", line: 4 },
    tls: { value: false, line: 6 },
    size: { value: 10_000_000, line: 7 },
    room: { value: ["a", "b"], line: 8 },
    lang: { value: "pt-BR", line: 12 },
  });
  assertEquals(valuesOf('size = 5\nroom = "a"'), { size: 5, room: ["a"] });
  assertEquals(valuesOf(""), {});
});

const ERRORS: [text: string, error: string][] = [
  ["\nprot = 1", 'f.toml, line 2: unknown option "prot". Did you mean port?'],
  ["xyzzy = 1", 'f.toml, line 1: unknown option "xyzzy".'],
  ["[server]\nport = 1", 'f.toml, line 1: unknown option "server".'],
  ["__proto__ = 1", 'f.toml, line 1: unknown option "__proto__".'],
  ["[__proto__]\nport = 1", 'f.toml, line 1: unknown option "__proto__".'],
  ["constructor = 1", 'f.toml, line 1: unknown option "constructor".'],
  ["port = 1\nport = 2", "f.toml, line 2: this is not valid TOML: the key is set twice"],
  ["port =", "f.toml, line 1: this is not valid TOML"],
  ["root = 'a\u0007'", "f.toml, line 1: this is not valid TOML: it has a control character"],
  ['port = "7"', 'f.toml, line 1: port must be a whole number, not "7"'],
  ["port = 7.0", "f.toml, line 1: port must be a whole number, not 7"],
  ["port = 11", "f.toml, line 1: port must be a whole number from 1 to 10, not 11"],
  [
    "port = 2026-01-01",
    "f.toml, line 1: port must be a whole number, not 2026-01-01",
  ],
  [
    "\nport = 9007199254740993",
    "f.toml, line 2: port must be a whole number from 1 to 10, not 9007199254740993",
  ],
  ["tls = 1", "f.toml, line 1: tls must be true or false, not 1"],
  ['tls = "true"', 'f.toml, line 1: tls must be true or false, not "true"'],
  ["root = true", "f.toml, line 1: root must be a text in quotes, not true"],
  ["root = { a = 1 }", "f.toml, line 1: root must be a text in quotes, not {…}"],
  ["root = [1]", "f.toml, line 1: root must be a text in quotes, not […]"],
  ['root = ""', "f.toml, line 1: root needs a value"],
  ["room = [1]", 'f.toml, line 1: room must be texts such as ["a", "b"], not […]'],
  ["size = true", 'f.toml, line 1: size must be a size such as "10M", not true'],
  ['size = "many"', "f.toml, line 1: size must be a size such as 500000, 10M or 2GiB, not many"],
  ['lang = "fr"', "f.toml, line 1: lang must be one of en, pt-BR, not fr"],
  ["help = true", "f.toml, line 1: help is for the command line only"],
  [
    'password = "x"',
    "f.toml, line 1: a password has no place in this file: give it in TCP_CHAT_PASSWORD or by password-file",
  ],
];

for (const [text, error] of ERRORS) {
  Deno.test(`readSettings: refuses ${JSON.stringify(text)} with its line`, () => {
    assertEquals(errorOf(text), error);
  });
}

Deno.test("readSettings: reports errors in Portuguese", () => {
  const pt = makeLocale("pt-BR");
  assertEquals(
    errorOf("prot = 1", pt),
    'f.toml, linha 1: opção desconhecida "prot". Você quis dizer port?',
  );
  assertEquals(errorOf("tls = 1", pt), "f.toml, linha 1: tls deve ser true ou false, não 1");
});

Deno.test("readSettings: quotes a value short and without its control characters", () => {
  const message = errorOf(`port = "\\u001b]0;x\\u0007${"y".repeat(1_000)}"`);
  assert(message.length < 120, message);
  assertEquals(/\p{Cc}/u.test(message), false);
  assertEquals(/\p{Cc}|\u202e/u.test(errorOf('"a\\u001b[31m\\u202e" = 1')), false);
});

Deno.test("parseConfig: takes values nested as deep as CONFIG_LIMITS.configDepth, and no deeper", () => {
  const nested = (depth: number) => `room = ${"[".repeat(depth)}${"]".repeat(depth)}`;
  for (const depth of [CONFIG_LIMITS.configDepth - 1, CONFIG_LIMITS.configDepth]) {
    parseConfig("f.toml", nested(depth), EN);
  }
  assertStringIncludes(
    errorOf(nested(CONFIG_LIMITS.configDepth + 1)),
    "line 1: this is not valid TOML",
  );
  errorOf(`a${".a".repeat(200_000)} = 1`);
});

for (const [extra, isTaken] of [[-1, true], [0, true], [1, false]] as const) {
  Deno.test(`readConfig: ${isTaken ? "reads" : "refuses"} a file of 1 MiB${extra ? ` + ${extra}` : ""}`, async () => {
    using folder = new TempDir();
    const path = folder.write("c.toml", "#".padEnd(CONFIG_LIMITS.configFileBytes + extra, "x"));
    const reading = readConfig(path, EN);
    if (isTaken) assertEquals((await reading)?.table, {});
    else assertStringIncludes((await assertRejects(() => reading, UsageError)).message, "larger");
  });
}

Deno.test("readConfig: takes a missing file for none only if it is optional, and never a bad one", async () => {
  using folder = new TempDir();
  const missing = folder.join("c.toml");
  assertEquals(await readConfigIfThere(missing, EN), null);
  await assertRejects(() => readConfig(missing, EN), DiskError);
  const latin = folder.write("latin.toml", new Uint8Array([0x23, 0xe7]));
  const error = await assertRejects(() => readConfigIfThere(latin, EN));
  assertStringIncludes(String(error), "is not UTF-8");
  await assertRejects(() => readConfigIfThere(folder.path, EN), DiskError);
  Deno.symlinkSync(folder.join("nowhere"), folder.join("link.toml"));
  const link = folder.join("link.toml");
  await assertRejects(() => readConfigIfThere(link, EN), DiskError);
});

Deno.test("lineOf: finds keys below headers, with dots, in quotes and in inline tables", () => {
  const file = parseConfig(
    "f.toml",
    `a.b = 1
"c d".e = { f = 1 } # [x]
[servers.casa] # {
address = "x"
[servers."b.c"]
'address' = '''
[no]
'''
user = 'z'
`,
    EN,
  );
  const lines = {
    "a/b": 1,
    "c d": 2,
    "c d/e/f": 2,
    "servers": 3,
    "servers/casa/address": 4,
    "servers/b.c": 5,
    "servers/b.c/address": 6,
    "servers/b.c/user": 9,
  };
  for (const [keys, line] of Object.entries(lines)) {
    assertEquals(lineOf(file, keys.split("/")), line, keys);
  }
});

Deno.test("tomlStatements: covers every key of any table exactly once, in order", () => {
  const key = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== "__proto__");
  const value = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', "'", "#", "\n", "\\") })),
  );
  fc.assert(fc.property(fc.dictionary(key, value, { maxKeys: 5 }), (table) => {
    const text = stringify(table);
    const statements = tomlStatements(text);
    assertEquals(statements.map(({ paths }) => paths[0]), Object.keys(table).map((name) => [name]));
    for (const { start, end, line } of statements) {
      assertEquals(text.slice(0, start).split("\n").length, line);
      assert(start < end);
    }
  }));
});
