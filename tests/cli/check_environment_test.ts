import { assertEquals, assertThrows } from "@std/assert";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { checkEnvironment, OTHER_VARIABLES } from "../../lib/cli/options/check_environment.ts";
import { environmentName } from "../../lib/cli/options/options.ts";
import { SERVER_OPTIONS } from "../../lib/cli/server/server_options.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { VARIABLES } from "../../scripts/man/texts.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

function check(variables: readonly string[], options: object = SERVER_OPTIONS): void {
  const env = (name: string) => variables.includes(name) ? "1" : undefined;
  checkEnvironment(Object.keys(options), env, makeLocale("en"));
}

Deno.test("checkEnvironment: takes every variable of either program", () => {
  const options = [
    ...Object.keys(CLIENT_OPTIONS),
    ...Object.keys(SERVER_OPTIONS),
    ...OTHER_VARIABLES,
  ];
  check(options.map(environmentName));
  check(options.map(environmentName), CLIENT_OPTIONS);
});

Deno.test("OTHER_VARIABLES: are those that the man pages tell", () => {
  const told = VARIABLES.map(([name]) => name).filter((name) => name.startsWith("TCP_CHAT_"));
  assertEquals(told.toSorted(), OTHER_VARIABLES.map(environmentName).toSorted());
});

const MISSPELT: Array<[variable: string, meant: string]> = [
  ["TCP_CHAT_REQUIRE_ACOUNT", "TCP_CHAT_REQUIRE_ACCOUNT"],
  ["TCP_CHAT_ALLOW_UPLOADS", "TCP_CHAT_ALLOW_UPLOAD"],
  ["TCP_CHAT_PROT", "TCP_CHAT_PORT"],
  ["TCP_CHAT_MAXUPLOAD", "TCP_CHAT_MAX_UPLOAD"],
  ["TCP_CHAT_ASCI", "TCP_CHAT_ASCII"],
];

for (const [variable, meant] of MISSPELT) {
  Deno.test(`checkEnvironment: names ${variable}, and the variable that is meant`, () => {
    const text = `Unknown environment variable ${variable}. Did you mean ${meant}?`;
    assertThrows(() => check([variable]), UsageError, text);
  });
}
