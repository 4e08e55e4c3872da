import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { expandAddress } from "../../lib/cli/client/expand_address.ts";
import { CLIENT_OPTIONS } from "../../lib/cli/client/client_options.ts";
import { CLIENT_COMMANDS, CLIENT_PROGRAM } from "../../lib/cli/client/client_program.ts";
import { parseOptions } from "../../lib/cli/options/options.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { toBase32 } from "../../lib/stream/fingerprint.ts";
import type { Language } from "../../lib/protocol/errors.ts";

const KEY = "4af06ba5203c3f4048f4efdbe82744997d322fbe1a166e5efe3924672dd425fd";
const LINK = "abcdefgh.abcdefghjkmnpqrstvwx";
const ENVIRONMENT: Readonly<Record<string, string>> = {
  TCP_CHAT_USER: "env",
  TCP_CHAT_FINGERPRINT: "0".repeat(64),
  TCP_CHAT_ROOM: "env",
};

/** Expands a command line such as `get tcp-chat://casa/a -j 2`; no command word for the interactive client. */
function expand(line: string, { language = "en" as Language, env = {} } = {}) {
  const words = line.split(" ");
  const command = CLIENT_COMMANDS[words[0]!];
  const args = command === undefined ? words : words.slice(1);
  const variables: Readonly<Record<string, string>> = env;
  const parsed = parseOptions(CLIENT_OPTIONS, args, (name) => variables[name]);
  const { operands } = command ?? CLIENT_PROGRAM;
  const typed = { ...parsed, args: parsed.positionals, operands };
  const { values, args: expanded } = expandAddress(typed, makeLocale(language));
  const { user, fingerprint, tls, room, to } = values;
  return { args: expanded, user, fingerprint, tls, room, to };
}

const NONE = {
  user: undefined,
  fingerprint: undefined,
  tls: false,
  room: undefined,
  to: undefined,
};

Deno.test("expandAddress: leaves a host, a port and other arguments as they are", () => {
  assertEquals(expand("get casa a b"), { ...NONE, args: ["casa:5555", "a", "b"] });
  assertEquals(expand("ls casa:6000"), { ...NONE, args: ["casa:6000"] });
  assertEquals(expand("casa 6000"), { ...NONE, args: ["casa:5555", "6000"] });
  assertEquals(expand("ls [fe80::1%eth0]:6000"), { ...NONE, args: ["[fe80::1%eth0]:6000"] });
  assertEquals(expand("help get"), { ...NONE, args: ["get"] });
  assertEquals(expand("ls casa,b:1,::1 a"), { ...NONE, args: ["casa:5555,b:1,[::1]:5555", "a"] });
  assertEquals(expand("ls tcp-chat://casa,b/a"), { ...NONE, args: ["casa:5555,b:5555", "a"] });
});

Deno.test("expandAddress: makes options of a user, a key and a room, for every command with a server", () => {
  const address = `tcp-chat://ana@casa:6000?fp=${KEY}&room=ops`;
  const expected = { user: "ana", fingerprint: KEY, tls: true, room: ["ops"], to: undefined };
  const withServer = Object.entries(CLIENT_COMMANDS)
    .filter(([, { operands }]) => operands[0]?.kind === "host").map(([name]) => `${name} `);
  assertEquals(withServer.length >= 6, true);
  for (const command of ["", ...withServer]) {
    assertEquals(expand(`${command}${address}`), { ...expected, args: ["casa:6000"] }, command);
  }
  assertEquals(expand("tcp-chat://casa?tls"), { ...NONE, args: ["casa:5555"], tls: true });
});

Deno.test("expandAddress: makes an argument of a path, or the target folder of put", () => {
  for (const command of ["get", "ls", "stat", "verify"]) {
    const { args } = expand(`${command} tcp-chat://casa/docs/a%20b`);
    assertEquals(args, ["casa:5555", "docs/a b"], command);
  }
  const verify = expand("verify tcp-chat://casa/docs local");
  assertEquals(verify.args, ["casa:5555", "docs", "local"]);
  const put = expand("put tcp-chat://casa/docs local.txt");
  assertEquals([put.to, put.args], ["docs", ["casa:5555", "local.txt"]]);
});

Deno.test("expandAddress: counts more than the environment, and takes an option that says the same", () => {
  const address = `tcp-chat://ana@casa?fp=${KEY}&room=ops`;
  const expected = { ...NONE, user: "ana", fingerprint: KEY, tls: true, room: ["ops"] };
  const args = ["casa:5555"];
  assertEquals(expand(address, { env: ENVIRONMENT }), { ...expected, args });
  const options = `--user ana --fingerprint ${toBase32(KEY)} --room ops --tls`;
  assertEquals(expand(`${address} ${options}`), { ...expected, args });
  assertEquals(expand("casa", { env: ENVIRONMENT }).user, "env");
});

const MISTAKES: Array<[line: string, ...parts: string[]]> = [
  ["ls ana@casa", "ana@casa is not HOST or HOST:PORT. Did you mean 'tcp-chat://ana@casa'?"],
  ["ls casa:6001/docs", "Did you mean 'tcp-chat://casa:6001/docs'?"],
  ["ls http://casa:5555/", "http://casa:5555/ is not HOST", "Did you mean 'tcp-chat://casa'?"],
  ["ls https://casa:6001/#/files", "Did you mean 'tcp-chat://casa:6001?tls'?"],
  ["ls http://casa/", "Did you mean 'tcp-chat://casa:80'?"],
  ["ls https://casa/files/a.txt", "Did you mean 'tcp-chat://casa:443?tls'?"],
  [
    `get http://casa:6001/#/get/${LINK}`,
    "http://casa:6001/#/get/… is not",
    `Did you mean 'tcp-chat://casa:6001?link=${LINK}'?`,
  ],
  [`put https://casa/#/send/${LINK} a`, `Did you mean 'tcp-chat://casa:443?tls&link=${LINK}'?`],
  ["get http://casa/#/get/secret", "http://casa/#/get/… is not HOST or HOST:PORT, with a port"],
  ["ls ftp://casa/docs", "ftp://casa/docs is not HOST or HOST:PORT, with a port from 1 to 65535"],
  ["ls ana:x@casa", "ana:…@casa is not HOST or HOST:PORT, with a port from 1 to 65535"],
  ["ls casa:99999", "casa:99999 is not HOST or HOST:PORT", "a port from 1 to 65535"],
  ["ls tcp-chat://casa:99999", "tcp-chat://casa:99999 is not", "a port from 1 to 65535"],
  ["ls tcp-chat://casa:0", "tcp-chat://casa:0 is not tcp-chat://[USER@]HOST[:PORT]"],
  ["ls tcp-chat://ana:secret@casa", "An address holds no password", "TCP_CHAT_PASSWORD"],
  ["ls tcp-chat://casa/%2e%2e/etc", "The path in the address: ../etc", ". or .."],
  ["ls tcp-chat://casa?room=A!", "The room in the address: A!: The name of a room has"],
  ["ls tcp-chat://casa?fp=12", "fp in the address must be", "12"],
  ["ls tcp-chat://casa?tsl", "The address has tsl"],
  ["ls tcp-chat://casa?tls&tls", "The address has tls twice"],
  ["ls tcp-chat://ana@casa --user bob", "ana", "--user says bob"],
  [`ls tcp-chat://casa?fp=${KEY} --fingerprint ${"0".repeat(64)}`, KEY, "0".repeat(64)],
  ["listen tcp-chat://casa?room=ops --room a --room b", "ops", "--room says a, b"],
  ["put tcp-chat://casa/docs a.txt --to other", "docs", "--to says other"],
  ["get tcp-chat://casa/a b", "Two paths: a in the address, and b"],
  ["say tcp-chat://casa/a hello", "The address has the path a", "tcp-chat get"],
  ["tcp-chat://casa/a", "The address has the path a", "tcp-chat get"],
  ["ls tcp-chat://casa?tls --no-tls", "--no-tls"],
  [`ls tcp-chat://casa?fp=${KEY} --no-tls`, "--no-tls"],
];

for (const [line, ...parts] of MISTAKES) {
  Deno.test(`expandAddress: refuses ${line.slice(0, 80)} in both languages`, () => {
    const { message } = assertThrows(() => expand(line), UsageError);
    for (const part of parts) assertStringIncludes(message, part);
    assertEquals(message.includes("secret"), false);
    const other = assertThrows(() => expand(line, { language: "pt-BR" }), UsageError);
    assertEquals(other.message === message, false);
  });
}
