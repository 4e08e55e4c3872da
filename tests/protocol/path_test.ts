import { assert, assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import {
  checkName,
  checkPath,
  checkPortable,
  foldersAbove,
  isPortable,
  lastComponent,
  pathKey,
  toWindowsName,
} from "../../lib/protocol/path.ts";

/** A path of `bytes` bytes, with short components. */
function pathOfBytes(bytes: number): string {
  return ("x".repeat(99) + "/").repeat(40) + "y".repeat(bytes - 4_000);
}

function assertRefused(path: string, reason: string): void {
  const error = assertThrows(() => checkPath(path), RequestError, reason, JSON.stringify(path));
  assertEquals(error.code, "bad-path");
}

/** Accepted by the protocol, but not by every system. */
function assertUnportable(path: string, reason: string): void {
  assertEquals(checkPath(path), path);
  assertEquals(isPortable(path), false);
  const error = assertThrows(() => checkPortable(path), RequestError, reason, JSON.stringify(path));
  assertEquals(error.code, "bad-path");
}

const ACCEPTED = [
  "a",
  "teste_pequeno.txt",
  "sub/folder/file.bin",
  "...a",
  ".a",
  "..a",
  "a..b",
  "a. b",
  " leading space",
  "-rf",
  "~",
  "$HOME",
  "%2e%2e",
  "a'b;c&d(e)[f]{g}#h!i`j^k,l=m+n@o",
  "olá mundo.txt",
  "名前/ファイル.txt",
  "\u{1f600}.png",
  "\u00a0", // Not ASCII white space, not a control character
  "\ue000", // Private use
  ".tcp-chat2",
  "x.tcp-chat",
  ".tcp-cha",
  "constant",
  "con1",
  "xcon",
  "com",
  "com0",
  "com10",
  "lpt",
  "lpt0.txt",
  "nul_",
  "auxiliary.txt",
  "a.con",
  "a.",
  "a ",
  "...",
  " ",
  "a /b./c",
  "CON",
  "aux.c",
  "what?.txt",
  "a|b",
  "12:30",
  '"<*>"',
];

const REFUSED: Array<[string, string]> = [
  ["", "empty"],
  ["/", "empty"],
  ["/etc/passwd", "empty"],
  ["a/", "empty"],
  ["a//b", "empty"],
  [".", ". and .."],
  ["..", ". and .."],
  ["../a", ". and .."],
  ["a/../b", ". and .."],
  ["a/./b", ". and .."],
  ["a/..", ". and .."],
  [".tcp-chat", "reserved"],
  [".TCP-Chat", "reserved"],
  [".tcp-chat/x", "reserved"],
  ["a/.tcp-chat/x", "reserved"],
  ["\ud800", "Unicode"],
  ["a\udc00b", "Unicode"],
];

Deno.test("checkPath: accepts paths that lead only downwards", () => {
  for (const path of ACCEPTED) assertEquals(checkPath(path), path);
});

Deno.test("checkPath: refuses paths that lead elsewhere or are reserved", () => {
  for (const [path, reason] of REFUSED) assertRefused(path, reason);
});

Deno.test("checkPortable: refuses every device name, in any case and with any extension", () => {
  const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"];
  const numbered = digits.flatMap((digit) => [`com${digit}`, `lpt${digit}`]);
  for (const device of ["con", "prn", "aux", "nul", ...numbered]) {
    for (const name of [device, device.toUpperCase(), `${device}.txt`, `${device}.a.b`]) {
      assertUnportable(name, "device");
      assertUnportable(`sub/${name}`, "device");
      assertUnportable(`${name}/sub`, "device");
    }
  }
});

Deno.test("checkPath: refuses each forbidden character at any position, and no other", () => {
  const forbidden = new Set<number>(["\\".charCodeAt(0)]);
  for (let code = 0; code < 0x20; code++) forbidden.add(code);
  for (let code = 0x7f; code < 0xa0; code++) forbidden.add(code);
  for (let code = 0; code < 0x200; code++) {
    const character = String.fromCharCode(code);
    if (character === "/") continue;
    const paths = [`a${character}b`, `${character}b`, `sub/a${character}b`];
    for (const path of paths) {
      if (forbidden.has(code)) assertRefused(path, "character that is not allowed");
      else assert(checkPath(path).includes(character), `U+${code.toString(16)}`);
    }
  }
});

Deno.test("checkPath: accepts components of 254 and 255 bytes, refuses 256", () => {
  for (const character of ["x", "é", "語", "\u{1f600}"]) {
    const width = new TextEncoder().encode(character).length;
    const fill = (bytes: number) =>
      "x".repeat(bytes % width) + character.repeat(Math.floor(bytes / width));
    for (const bytes of [254, 255]) {
      assertEquals(checkPath(fill(bytes)), fill(bytes));
      assertEquals(checkPath(`a/${fill(bytes)}/b`), `a/${fill(bytes)}/b`);
    }
    assertRefused(fill(256), "longer than 255");
    assertRefused(`a/${fill(256)}/b`, "longer than 255");
  }
});

Deno.test("checkPath: accepts paths of 4095 and 4096 bytes, refuses 4097", () => {
  for (const bytes of [4_095, 4_096]) assertEquals(checkPath(pathOfBytes(bytes)).length, bytes);
  assertRefused(pathOfBytes(4_097), "longer than 4096");
  assertRefused("é/".repeat(1_365) + "aa", "longer than 4096"); // 2,732 characters, 4,097 bytes
});

Deno.test("checkPath: returns NFC, and measures NFC", () => {
  assertEquals(checkPath("e\u0301/A\u030a"), "\u00e9/\u00c5");
  assertEquals(checkPath("e\u0301".repeat(127)), "\u00e9".repeat(127)); // 381 bytes decomposed
  assertRefused("\u2126".repeat(128), "longer than 255"); // The ohm sign becomes omega: 256 bytes
});

Deno.test("checkPath: applies its rules to NFC", () => {
  assertRefused(".tcp-chat/e\u0301", "reserved");
  assertEquals(checkPath("\u037e\u1fef"), ";`"); // The Greek question mark and varia
});

Deno.test("checkPath: does not quote the path in its errors", () => {
  const error = assertThrows(() => checkPath("../secret"), RequestError);
  assert(!error.message.includes("secret"));
});

Deno.test("checkName: accepts a single component, refuses two", () => {
  assertEquals(checkName("e\u0301.txt"), "\u00e9.txt");
  for (const name of ["a/b", "/a", "a/", "/"]) {
    assertEquals(assertThrows(() => checkName(name), RequestError).code, "bad-path");
  }
  for (const name of ["", "..", "a\\b", ".tcp-chat", "x".repeat(256)]) {
    assertEquals(assertThrows(() => checkName(name), RequestError).code, "bad-path");
  }
});

Deno.test("foldersAbove: names the folders of a path, the deepest first", () => {
  assertEquals([...foldersAbove("a/b/c.txt")], ["a/b", "a"]);
  assertEquals([...foldersAbove("a"), ...foldersAbove("")], []);
});

Deno.test("lastComponent: returns the part after the last slash", () => {
  assertEquals(lastComponent("a"), "a");
  assertEquals(lastComponent("a/b/c.txt"), "c.txt");
});

/** Names that Windows cannot store, and those under which it stores them. */
const WINDOWS_NAMES: Array<[name: string, stored: string, reason: string]> = [
  ["what?.txt", "what%3F.txt", "character"],
  ["a|b", "a%7Cb", "character"],
  ["12:30", "12%3A30", "character"],
  ['*"<>', "%2A%22%3C%3E", "character"],
  ["a.", "a%2E", "dot or a space"],
  ["a ", "a%20", "dot or a space"],
  ["...", "..%2E", "dot or a space"],
  [" ", "%20", "dot or a space"],
  ["CON", "%43ON", "device"],
  ["aux.c", "%61ux.c", "device"],
  ["nul.", "nul%2E", "device"],
  ["COM¹", "%43OM¹", "device"],
];

Deno.test("toWindowsName: encodes what Windows cannot store, so that it can", () => {
  for (const [name, stored] of WINDOWS_NAMES) {
    assertEquals(toWindowsName(name), stored);
    assert(isPortable(stored), stored);
    assertEquals(checkPath(stored), stored);
  }
});

Deno.test("toWindowsName: leaves every other name as it is", () => {
  for (const name of ["a", "a.txt", ".a", " a", "a. b", "100%", "a%3Fb", "con1", "olá"]) {
    assertEquals(toWindowsName(name), name);
    assert(isPortable(name));
  }
});

Deno.test("checkPortable: refuses what Windows cannot store, in any component", () => {
  for (const [name, , reason] of WINDOWS_NAMES) {
    if (name === "nul.") continue; // Both a device and an ending
    for (const path of [name, `a/${name}`, `${name}/b`]) assertUnportable(path, reason);
  }
});

Deno.test("pathKey: is the same for names that some system takes for one, and else another", () => {
  const alike = [
    ["a/B.txt", "A/b.TXT"],
    ["\u00e9", "e\u0301"],
    ["\u00c9", "e\u0301"],
    ["straße", "STRASSE"],
    ["ΟΔΟΣ", "οδος"],
    ["οδοσ", "οδος"],
    ["\u212a", "k"],
    ["İ", "i\u0307"],
    ["a\u200db", "ab"],
    ["\ufb01", "FI"],
  ] as const;
  for (const [a, b] of alike) assertEquals(pathKey(a), pathKey(b), `${a} ${b}`);
  const others = [["a", "b"], ["a/b", "ab"], ["e", "é"], ["a ", "a"], ["1", "¹"]] as const;
  for (const [a, b] of others) assert(pathKey(a) !== pathKey(b), `${a} ${b}`);
});
