import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import {
  environmentName,
  type OptionSpec,
  type OptionTable,
  parseOptions,
  readFlagVariable,
} from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

/** The value of an option that is given as `text`. */
function valueOf({ kind }: OptionSpec, text: string): unknown {
  const number = Number(text);
  return { flag: true, text, texts: [text], integer: number, size: number, rate: number }[kind];
}

const server = (env: Record<string, string>, ...args: string[]) =>
  parseOptions(SERVER_OPTIONS, args, (name) => env[name]).values;
const errorOf = (env: Record<string, string>, ...args: string[]) =>
  assertThrows(() => server(env, ...args), UsageError).message;

Deno.test("environmentName: adds TCP_CHAT_ to the option's name in capitals", () => {
  assertEquals(environmentName("port"), "TCP_CHAT_PORT");
  assertEquals(environmentName("max-per-address"), "TCP_CHAT_MAX_PER_ADDRESS");
});

Deno.test("parseOptions: takes options that the command line lacks from the environment", () => {
  const values = server({ TCP_CHAT_PORT: "7", TCP_CHAT_ROOT: "a b", TCP_CHAT_NO_CHAT: "1" });
  assertEquals(values.port, 7);
  assertEquals(values.root, "a b");
  assertEquals(values["no-chat"], true);
});

Deno.test("parseOptions: prefers the command line to the environment", () => {
  const values = server({ TCP_CHAT_PORT: "7", TCP_CHAT_QUIET: "0" }, "--port", "8", "-q");
  assertEquals(values.port, 8);
  assertEquals(values.quiet, true);
});

Deno.test("parseOptions: ignores an invalid variable of an option that the command line sets", () => {
  assertEquals(server({ TCP_CHAT_PORT: "many" }, "--port", "8").port, 8);
});

for (const value of ["1", "true", "yes"]) {
  Deno.test(`parseOptions: sets a flag whose variable is ${value}`, () => {
    assertEquals(server({ TCP_CHAT_JSON: value }).json, true);
  });
}

for (const value of ["", "0", "false", "no"]) {
  Deno.test(`parseOptions: does not set a flag whose variable is ${JSON.stringify(value)}`, () => {
    assertEquals(server({ TCP_CHAT_JSON: value }).json, false);
  });
}

Deno.test("parseOptions: treats an empty variable as unset", () => {
  assertEquals(server({ TCP_CHAT_PORT: "", TCP_CHAT_ROOT: "" }).port, undefined);
});

Deno.test("parseOptions: reads sizes from the environment, and refuses invalid sizes", () => {
  assertEquals(server({ TCP_CHAT_MAX_UPLOAD: "10M" })["max-upload"], 10_000_000);
  assertStringIncludes(
    errorOf({ TCP_CHAT_MAX_UPLOAD: "much" }),
    "TCP_CHAT_MAX_UPLOAD must be a size such as",
  );
});

Deno.test("parseOptions: splits the variable of a repeatable option at commas", () => {
  const env: Record<string, string> = { TCP_CHAT_ROOM: "a,b" };
  const client = (...args: string[]) =>
    parseOptions(CLIENT_OPTIONS, args, (name) => env[name]).values.room;
  assertEquals(client(), ["a", "b"]);
  assertEquals(client("--room", "c"), ["c"]);
  env.TCP_CHAT_ROOM = "";
  assertEquals(client(), undefined);
});

Deno.test("readFlagVariable: reads a flag that only the environment has, and refuses other words", () => {
  const read = (value?: string) => readFlagVariable("ascii", () => value, makeLocale("en"));
  assertEquals([undefined, "", "0", "no", "1", "true"].map(read), [
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  assertThrows(() => read("2"), UsageError, "TCP_CHAT_ASCII must be 1 or 0, not 2");
});

Deno.test("parseOptions: names the variable in an error about the environment", () => {
  assertEquals(
    errorOf({ TCP_CHAT_PORT: "65536" }),
    "TCP_CHAT_PORT must be a whole number from 0 to 65535, not 65536",
  );
  assertStringIncludes(errorOf({ TCP_CHAT_JSON: "maybe" }), "TCP_CHAT_JSON must be 1 or 0");
  assertStringIncludes(errorOf({ TCP_CHAT_LANG: "fr" }), "TCP_CHAT_LANG must be one of");
});

Deno.test("parseOptions: reports errors in the language of the environment", () => {
  const env = { TCP_CHAT_LANG: "pt-BR", TCP_CHAT_PORT: "x" };
  assertStringIncludes(errorOf(env), "TCP_CHAT_PORT deve ser um número inteiro");
  assertStringIncludes(errorOf({ LANG: "pt_BR.UTF-8" }, "--nope"), "Opção desconhecida --nope");
});

for (const [program, table] of Object.entries({ CLIENT_OPTIONS, SERVER_OPTIONS })) {
  Deno.test(`parseOptions: reads every option of ${program} from the environment`, () => {
    for (const [name, spec] of Object.entries<OptionTable[string]>(table)) {
      const text = spec.choices?.[0] ?? String(spec.minimum ?? 1);
      const env = (variable: string) => variable === environmentName(name) ? text : undefined;
      const { values } = parseOptions<OptionTable>(table, [], env);
      assertEquals(values[name], valueOf(spec, text), name);
    }
  });
}
