import { assertEquals, assertThrows } from "@std/assert";
import { clientConfigOf } from "../../lib/cli/client/client_config.ts";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { CLIENT_COMMANDS } from "../../lib/cli/client/client_program.ts";
import { commandOf, resolveArguments } from "../../lib/cli/client/resolve_arguments.ts";
import { parseConfig } from "../../lib/cli/options/config_file.ts";
import { parseOptions } from "../../lib/cli/options/options.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { CONFIG_LIMITS } from "../../lib/protocol/limits.ts";

const EN = makeLocale("en");
const KEY = "ab".repeat(32);

const configOf = (text: string) => clientConfigOf(parseConfig("c.toml", text, EN), EN);
const errorOf = (text: string) =>
  EN.failure(assertThrows(() => configOf(text), UsageError)).message as string;

function resolve(
  command: string,
  { args, file, env = {} }: {
    readonly args: readonly string[];
    readonly file: string;
    readonly env?: Readonly<Record<string, string>>;
  },
) {
  const spec = CLIENT_COMMANDS[command]!;
  const scope = { options: spec.options, describeForeign: () => null };
  const parsed = parseOptions(CLIENT_OPTIONS, args, (name) => env[name], scope);
  const typed = { ...parsed, args: parsed.positionals, ...commandOf(spec, configOf(file)) };
  return resolveArguments(typed, EN);
}

const CASA = `output = "all"
user = "all"
[servers.casa]
address = "192.168.0.10:6000"
fingerprint = "${KEY}"
user = "ana"
[servers.lab]
address = "tcp-chat://bia@lab.example?fp=${KEY.toUpperCase()}&room=ops"
no-resume = true
`;

Deno.test("resolveArguments: takes a profile's address and options where HOST stands", () => {
  const { args, values, profile } = resolve("get", { args: ["casa", "docs/x"], file: CASA });
  assertEquals(args, ["192.168.0.10:6000", "docs/x"]);
  assertEquals([values.user, values.fingerprint, values.output], ["ana", KEY, "all"]);
  assertEquals(profile?.name, "casa");
  const lab = resolve("listen", { args: ["lab"], file: CASA });
  assertEquals(lab.args, ["lab.example:5555"]);
  assertEquals([lab.values.user, lab.values.room, lab.values.tls], ["bia", ["ops"], true]);
});

Deno.test("resolveArguments: prefers line to environment to profile to the whole file", () => {
  const file = CASA;
  const env = { TCP_CHAT_USER: "env" };
  const userOf = (args: string[], env = {}) => resolve("ls", { args, file, env }).values.user;
  assertEquals(userOf(["casa", "--user", "typed"], env), "typed");
  assertEquals(userOf(["casa"], env), "env");
  assertEquals(userOf(["casa"]), "ana");
  assertEquals(userOf(["other"]), "all");
  assertEquals(userOf(["tcp-chat://zoe@other"], env), "zoe");
});

for (const host of ["tcp-chat://casa", "casa:5555", "casa.", "CASA", "cas"]) {
  Deno.test(`resolveArguments: takes ${host} for a host, whatever the profiles are`, () => {
    const { args, profile, values } = resolve("ls", { args: [host], file: CASA });
    assertEquals([profile, values.fingerprint], [null, undefined]);
    assertEquals(args[0]?.toLowerCase().startsWith("cas"), true);
    assertEquals(args[0]?.includes("192.168"), false);
  });
}

Deno.test("resolveArguments: lets what counts more win where two options exclude each other", () => {
  const plain = resolve("ls", { args: ["casa", "--no-tls"], file: CASA }).values;
  assertEquals([plain["no-tls"], plain.fingerprint], [true, undefined]);
  const off = 'no-tls = true\nroom = "ops"\nto = "inbox"\n';
  const pinned = resolve("ls", { args: ["h", "--fingerprint", KEY], file: off }).values;
  assertEquals([pinned["no-tls"], pinned.fingerprint], [false, KEY]);
  const address = resolve("ls", { args: [`tcp-chat://h?fp=${KEY}`], file: off }).values;
  assertEquals([address["no-tls"], address.tls], [false, true]);
  const said = resolve("say", { args: ["h", "--to", "ana", "hi"], file: off }).values;
  assertEquals([said.to, said.room], ["ana", undefined]);
  assertEquals(resolve("say", { args: ["h", "hi"], file: off }).values.to, undefined);
  assertEquals(resolve("put", { args: ["h", "f"], file: off }).values.to, "inbox");
});

Deno.test("resolveArguments: tells the line of the file that a value comes from", () => {
  const { sources } = resolve("ls", { args: ["lab"], file: CASA });
  assertEquals(sources.get("user"), { from: "file", path: "c.toml", line: 8 });
});

const ERRORS: [text: string, error: string][] = [
  ["servers = 1", "c.toml, line 1: servers must be a table, not 1"],
  ["[servers]\ncasa = 'h'", 'c.toml, line 2: servers.casa must be a table, not "h"'],
  ["[[servers]]", "c.toml, line 1: servers must be a table, not […]"],
  [
    "[servers.casa]\nuser = 'a'",
    'c.toml, line 1: casa needs an address, such as address = "192.168.0.10:5555"',
  ],
  ["[servers.casa]\naddress = 7", "c.toml, line 2: address must be a text in quotes, not 7"],
  [
    "[servers.casa]\naddress = 'a b'",
    "c.toml, line 2: a b is not HOST or HOST:PORT, with a port from 1 to 65535",
  ],
  [
    "[servers.casa]\naddress = 'tcp-chat://h/docs'",
    "c.toml, line 2: the address of a server has no path: docs",
  ],
  [
    "[servers.casa]\nuser = 'a'\naddress = 'tcp-chat://b@h'",
    "c.toml, line 2: the address says another user than this",
  ],
  [
    "[servers.casa]\naddress = 'h'\nadress = 'h'",
    'c.toml, line 3: unknown option "adress". Did you mean address?',
  ],
  [
    "[servers.casa]\naddress = 'h'\njson = true",
    "c.toml, line 3: json is for the command line only",
  ],
  [
    "[servers.casa]\naddress = 'h'\nnick = 7",
    "c.toml, line 3: nick must be a text in quotes, not 7",
  ],
  ["[server.casa]", 'c.toml, line 1: unknown option "server". Did you mean servers?'],
];

for (const [text, error] of ERRORS) {
  Deno.test(`clientConfigOf: refuses ${JSON.stringify(text)} with its line`, () => {
    assertEquals(errorOf(text), error);
  });
}

Deno.test("clientConfigOf: refuses passwords, also in addresses", () => {
  const inTable = errorOf("[servers.casa]\naddress = 'h'\npassword = 'x'");
  assertEquals(inTable.startsWith("c.toml, line 3: a password has no place"), true);
  const inAddress = errorOf("[servers.casa]\naddress = 'tcp-chat://a:secret@h'");
  assertEquals(inAddress.includes("line 2: An address holds no password"), true);
  assertEquals(inAddress.includes("secret"), false);
});

Deno.test("clientConfigOf: takes names of CONFIG_LIMITS.profileNameCharacters, and no longer or other ones", () => {
  const named = (name: string) => `[servers."${name}"]\naddress = 'h'`;
  const { profileNameCharacters: limit } = CONFIG_LIMITS;
  for (
    const name of ["a".repeat(limit - 1), "a".repeat(limit), "__proto__", "7-x", "constructor"]
  ) {
    assertEquals([...configOf(named(name)).profiles.keys()], [name]);
  }
  for (const name of ["a".repeat(limit + 1), "", "-x", "a.b", "a:1", "é", "a b", "\\u001b"]) {
    assertEquals(errorOf(named(name)).startsWith("c.toml, line 1: the name of a server has"), true);
  }
});

Deno.test("clientConfigOf: takes CONFIG_LIMITS.profiles servers, and no more", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => `[servers.s${i}]\naddress = 'h'\n`).join("");
  for (const count of [CONFIG_LIMITS.profiles - 1, CONFIG_LIMITS.profiles]) {
    assertEquals(configOf(many(count)).profiles.size, count);
  }
  assertEquals(
    errorOf(many(CONFIG_LIMITS.profiles + 1)),
    "c.toml, line 1: there are more than 1000 servers",
  );
});
