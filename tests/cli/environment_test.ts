import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import {
  environmentName,
  type OptionSpec,
  type OptionTable,
  parseOptions,
} from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

/** What a value means that was given as `text`. */
function valueOf({ kind }: OptionSpec, text: string): unknown {
  const number = Number(text);
  return { flag: true, text, texts: [text], integer: number, size: number }[kind];
}

const server = (env: Record<string, string>, ...args: string[]) =>
  parseOptions(SERVER_OPTIONS, args, (name) => env[name]).values;
const mistake = (env: Record<string, string>, ...args: string[]) =>
  assertThrows(() => server(env, ...args), UsageError).message;

Deno.test("the variable of an option is its name in capitals, after TCP_CHAT_", () => {
  assertEquals(environmentName("port"), "TCP_CHAT_PORT");
  assertEquals(environmentName("max-per-address"), "TCP_CHAT_MAX_PER_ADDRESS");
});

Deno.test("what the line does not say is taken from the environment", () => {
  const values = server({ TCP_CHAT_PORT: "7", TCP_CHAT_ROOT: "a b", TCP_CHAT_NO_CHAT: "1" });
  assertEquals(values.port, 7);
  assertEquals(values.root, "a b");
  assertEquals(values["no-chat"], true);
});

Deno.test("what the line says comes before the environment", () => {
  const values = server({ TCP_CHAT_PORT: "7", TCP_CHAT_QUIET: "0" }, "--port", "8", "-q");
  assertEquals(values.port, 8);
  assertEquals(values.quiet, true);
});

Deno.test("what the line says makes a wrong value in the environment harmless", () => {
  assertEquals(server({ TCP_CHAT_PORT: "many" }, "--port", "8").port, 8);
});

for (const value of ["1", "true", "yes"]) {
  Deno.test(`a flag in the environment is on with ${value}`, () => {
    assertEquals(server({ TCP_CHAT_JSON: value }).json, true);
  });
}

for (const value of ["", "0", "false", "no"]) {
  Deno.test(`a flag in the environment is off with ${JSON.stringify(value)}`, () => {
    assertEquals(server({ TCP_CHAT_JSON: value }).json, false);
  });
}

Deno.test("a variable that is empty says nothing", () => {
  assertEquals(server({ TCP_CHAT_PORT: "", TCP_CHAT_ROOT: "" }).port, undefined);
});

Deno.test("a size in the environment is read, and a wrong one is a mistake", () => {
  assertEquals(server({ TCP_CHAT_MAX_UPLOAD: "10M" })["max-upload"], 10_000_000);
  assertStringIncludes(
    mistake({ TCP_CHAT_MAX_UPLOAD: "much" }),
    "TCP_CHAT_MAX_UPLOAD must be a size such as",
  );
});

Deno.test("what may be given more than once stands with commas in the environment", () => {
  const env: Record<string, string> = { TCP_CHAT_ROOM: "a,b" };
  const client = (...args: string[]) =>
    parseOptions(CLIENT_OPTIONS, args, (name) => env[name]).values.room;
  assertEquals(client(), ["a", "b"]);
  assertEquals(client("--room", "c"), ["c"]);
  env.TCP_CHAT_ROOM = "";
  assertEquals(client(), undefined);
});

Deno.test("mistakes in the environment name the variable", () => {
  assertEquals(
    mistake({ TCP_CHAT_PORT: "65536" }),
    "TCP_CHAT_PORT must be a whole number from 0 to 65535, not 65536",
  );
  assertStringIncludes(mistake({ TCP_CHAT_JSON: "maybe" }), "TCP_CHAT_JSON must be 1 or 0");
  assertStringIncludes(mistake({ TCP_CHAT_LANG: "fr" }), "TCP_CHAT_LANG must be one of");
});

Deno.test("mistakes are told in the language of the environment", () => {
  const env = { TCP_CHAT_LANG: "pt-BR", TCP_CHAT_PORT: "x" };
  assertStringIncludes(mistake(env), "TCP_CHAT_PORT deve ser um número inteiro");
  assertStringIncludes(mistake({ LANG: "pt_BR.UTF-8" }, "--nope"), "Opção desconhecida --nope");
});

for (const [program, table] of Object.entries({ CLIENT_OPTIONS, SERVER_OPTIONS })) {
  Deno.test(`every option of ${program} can be set by the environment`, () => {
    for (const [name, spec] of Object.entries<OptionTable[string]>(table)) {
      const text = spec.choices?.[0] ?? String(spec.minimum ?? 1);
      const env = (variable: string) => variable === environmentName(name) ? text : undefined;
      const { values } = parseOptions<OptionTable>(table, [], env);
      assertEquals(values[name], valueOf(spec, text), name);
    }
  });
}
