import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { type OptionSpec, type OptionTable, parseOptions } from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

const HELP = { en: "", "pt-BR": "" };
const TABLE = {
  port: { kind: "integer", short: "p", minimum: 1, maximum: 10, help: HELP, group: "" },
  count: { kind: "integer", help: HELP, group: "" },
  root: { kind: "text", short: "r", help: HELP, group: "" },
  lang: { kind: "text", choices: ["en", "pt-BR"], help: HELP, group: "" },
  quiet: { kind: "flag", short: "q", help: HELP, group: "" },
  "no-chat": { kind: "flag", help: HELP, group: "" },
  size: { kind: "size", help: HELP, group: "" },
  rate: { kind: "rate", help: HELP, group: "" },
  room: { kind: "texts", help: HELP, group: "" },
} as const satisfies OptionTable;

/** The value of an option that is given as `text`. */
function valueOf({ kind }: OptionSpec, text: string): unknown {
  const number = Number(text);
  return { flag: true, text, texts: [text], integer: number, size: number, rate: number }[kind];
}

const parse = (...args: string[]) => parseOptions(TABLE, args, () => undefined);
const errorOf = (...args: string[]) => assertThrows(() => parse(...args), UsageError).message;

Deno.test("parseOptions: sets nothing for an empty command line", () => {
  assertEquals(parse(), {
    values: {
      port: undefined,
      count: undefined,
      root: undefined,
      lang: undefined,
      quiet: false,
      "no-chat": false,
      size: undefined,
      rate: undefined,
      room: undefined,
    },
    given: new Set<string>(),
    sources: new Map(),
    positionals: [],
  });
});

const SPELLINGS: Array<[args: string[], key: keyof typeof TABLE, value: unknown]> = [
  [["--port", "7"], "port", 7],
  [["--port=7"], "port", 7],
  [["-p", "7"], "port", 7],
  [["-p7"], "port", 7],
  [["-p=7"], "port", 7],
  [["--count", "0"], "count", 0],
  [["--root", "7"], "root", "7"],
  [["--root", "0x10"], "root", "0x10"],
  [["--root=a=b"], "root", "a=b"],
  [["-r", "a b"], "root", "a b"],
  [["--lang", "pt-BR"], "lang", "pt-BR"],
  [["--quiet"], "quiet", true],
  [["-q"], "quiet", true],
  [["--no-chat"], "no-chat", true],
  [["-qp", "7"], "port", 7],
  [["--size", "0"], "size", 0],
  [["--size", "10M"], "size", 10_000_000],
  [["--size=2GiB"], "size", 2 ** 31],
  [["--rate", "16KiB"], "rate", 16_384],
  [["--rate=2M"], "rate", 2_000_000],
  [["--rate", "1.5MB/s"], "rate", 1_500_000],
  [["--rate", "0"], "rate", 0],
  [["--rate", "off"], "rate", 0],
  [["--room", "a"], "room", ["a"]],
  [["--room", "a", "--room=b", "--room", "a"], "room", ["a", "b", "a"]],
  [["--room", "a,b"], "room", ["a,b"]],
];

for (const [args, key, value] of SPELLINGS) {
  Deno.test(`parseOptions: sets ${key} by ${args.join(" ")}`, () => {
    assertEquals(parse(...args).values[key], value);
  });
}

for (const value of ["16383", "1", "2X", "fast", "-1"]) {
  Deno.test(`parseOptions: refuses --rate=${value}`, () => {
    const least = "--rate must be bytes a second, such as 2M or 500KiB, at least 16KiB, not";
    assertEquals(errorOf(`--rate=${value}`), `${least} ${value}`);
  });
}

for (const [text, value] of [["1", true], ["yes", true], ["0", false], ["false", false]] as const) {
  Deno.test(`parseOptions: takes --quiet=${text} for ${value}`, () => {
    assertEquals(parse(`--quiet=${text}`).values.quiet, value);
    assertEquals(parse("--", `--quiet=${text}`).positionals, [`--quiet=${text}`]);
  });
}

Deno.test("parseOptions: refuses other values of a flag", () => {
  assertEquals(errorOf("--quiet=off"), "--quiet must be 1 or 0, not off");
});

Deno.test("parseOptions: returns all other arguments as positionals, and as text", () => {
  assertEquals(parse("localhost", "6000", "-q", "-").positionals, ["localhost", "6000", "-"]);
  assertEquals(parse("-q", "get").positionals, ["get"]);
  assertEquals(parse("007", "1e3").positionals, ["007", "1e3"]);
});

Deno.test("parseOptions: reads no options after --", () => {
  const { values, positionals } = parse("-q", "--", "--port", "-x", "--", "--nonsense");
  assertEquals(positionals, ["--port", "-x", "--", "--nonsense"]);
  assertEquals(values.port, undefined);
  assertEquals(values.quiet, true);
});

for (const [value, expected] of [["1", 1], ["10", 10]] as const) {
  Deno.test(`parseOptions: accepts ${value} as a number from 1 to 10`, () => {
    assertEquals(parse("--port", value).values.port, expected);
  });
}

for (const value of ["0", "11", "1.5", "1e1", "0x5", "five", " 5", "99999999999999999999"]) {
  Deno.test(`parseOptions: refuses ${value} as a number from 1 to 10`, () => {
    assertEquals(
      errorOf("--port", value),
      `--port must be a whole number from 1 to 10, not ${value}`,
    );
  });
}

Deno.test("parseOptions: refuses a negative number, with = or without", () => {
  errorOf("--port=-1");
  errorOf("--port", "-1");
});

Deno.test("parseOptions: limits every number to MAX_SAFE_INTEGER", () => {
  assertEquals(parse("--count", "9007199254740991").values.count, 9007199254740991);
  errorOf("--count", "9007199254740992");
});

for (const value of ["many", "-1", "1X", "1e3", "1 000", "9PiB", "99999999999999999999"]) {
  Deno.test(`parseOptions: refuses ${value} as a size`, () => {
    assertEquals(
      errorOf(`--size=${value}`),
      `--size must be a size such as 500000, 10M or 2GiB, not ${value}`,
    );
  });
}

Deno.test("parseOptions: refuses an unknown choice, and lists the choices", () => {
  assertEquals(errorOf("--lang", "fr"), "--lang must be one of en, pt-BR, not fr");
});

for (
  const args of [
    ["--port"],
    ["--root"],
    ["--root="],
    ["-r"],
    ["--port", "--quiet"],
    ["--size"],
    ["--size="],
    ["--room"],
    ["--room="],
    ["--room", "a", "--room"],
  ]
) {
  Deno.test(`parseOptions: reports the missing value of ${args.join(" ")}`, () => {
    assertStringIncludes(errorOf(...args), "needs a value");
  });
}

Deno.test("parseOptions: refuses an unknown option, and suggests the closest name", () => {
  assertEquals(errorOf("--prot", "7"), "Unknown option --prot. Did you mean --port?");
  assertEquals(errorOf("--prot=7"), "Unknown option --prot. Did you mean --port?");
  assertEquals(errorOf("--nochat"), "Unknown option --nochat. Did you mean --no-chat?");
  assertEquals(errorOf("--xyzzy"), "Unknown option --xyzzy.");
  assertStringIncludes(errorOf("-x"), "Unknown option -x.");
});

Deno.test("parseOptions: refuses names of Object.prototype as unknown options", () => {
  for (const name of ["--constructor", "--toString", "--__proto__", "--hasOwnProperty"]) {
    assertStringIncludes(errorOf(name), `Unknown option ${name}.`);
  }
});

Deno.test("parseOptions: reports errors in the language that the command line sets", () => {
  assertEquals(
    errorOf("--lang", "pt-BR", "--prot", "7"),
    "Opção desconhecida --prot. Você quis dizer --port?",
  );
  assertEquals(errorOf("--lang=pt-BR", "--root="), "--root precisa de um valor");
  assertEquals(
    errorOf("--port", "11", "--lang", "pt-BR"),
    "--port deve ser um número inteiro de 1 a 10, não 11",
  );
});

for (const [program, table] of Object.entries({ CLIENT_OPTIONS, SERVER_OPTIONS })) {
  Deno.test(`parseOptions: reads every option of ${program} by its long and its short name`, () => {
    for (const [name, spec] of Object.entries<OptionTable[string]>(table)) {
      const text = spec.choices?.[0] ?? String(spec.minimum ?? 1);
      const value = spec.kind === "flag" ? [] : [text];
      const expected = valueOf(spec, text);
      for (const option of [`--${name}`, ...(spec.short ? [`-${spec.short}`] : [])]) {
        const { values } = parseOptions<OptionTable>(table, [option, ...value], () => undefined);
        assertEquals(values[name], expected, option);
      }
    }
  });

  Deno.test(`${program}: has no short name twice`, () => {
    const shorts = Object.values<OptionTable[string]>(table).flatMap(({ short }) => short ?? []);
    assertEquals(shorts.length, new Set(shorts).size);
  });

  Deno.test(`parseOptions: refuses every number of ${program} beyond its limits`, () => {
    for (const [name, spec] of Object.entries<OptionTable[string]>(table)) {
      if (spec.kind !== "integer") continue;
      for (const value of [(spec.minimum ?? 0) - 1, spec.maximum! + 1]) {
        const args = [`--${name}=${value}`];
        assertThrows(() => parseOptions<OptionTable>(table, args, () => undefined), UsageError);
      }
    }
  });
}
