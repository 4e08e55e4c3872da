import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { setColorEnabled } from "@std/fmt/colors";
import { formatEvent, type LogEvent, type LogFormat } from "../../lib/cli/server/server_log.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { REQUEST_ERROR_REASONS } from "../../lib/protocol/error_reasons.ts";
import { type RequestErrorCode, type RequestErrorReason } from "../../lib/protocol/errors.ts";
import type { DisconnectReason, ServerEvent } from "../../lib/server/config/events.ts";

const NOW = new Date(2026, 10, 22, 8, 17, 5);
const ENGLISH = makeLocale("en");
const PORTUGUESE = makeLocale("pt-BR");
/** How to join the server of the event `listening`. */
const JOIN = { addresses: ["localhost:5555"], uri: "tcp-chat://localhost" };

const FORMAT: LogFormat = {
  places: () => ({ addresses: [], defaultInterface: null }),
  json: false,
  quiet: false,
  locale: ENGLISH,
  name: "here",
  isTerminal: true,
};

const EVENTS: LogEvent[] = [
  { event: "listening", host: "::", port: 5555, tls: false, root: "/srv/files" },
  { event: "connected", client: 7, address: "10.0.0.5", protocol: 1 },
  { event: "disconnected", client: 7, reason: "quit" },
  { event: "chat", client: 7, nick: "guest-7", room: "lobby", text: "olá" },
  { event: "download", client: 7, path: "a/b.bin", bytes: 15_000_000, seconds: 0.25 },
  { event: "refused", client: 7, address: "10.0.0.5", code: "not-found", path: "missing" },
  { event: "refused", client: 7, address: "10.0.0.5", code: "rate-limited" },
  { event: "refused", client: null, address: "10.0.0.5", code: "server-full" },
  { event: "refused", client: 7, address: "10.0.0.5", code: "unsupported", type: "HELO" },
  { event: "error", message: "odd" },
  { event: "dropped", lines: 12 },
  { event: "stopped" },
];

function format(event: LogEvent, options: Partial<LogFormat> = {}): string | null {
  setColorEnabled(false);
  return formatEvent(event, { ...FORMAT, ...options }, NOW);
}

Deno.test("formatEvent: writes a line per event, which begins with the time", () => {
  assertEquals(EVENTS.map((event) => format(event)), [
    "08:17:05 here listens on ::, port 5555, and serves /srv/files\n" +
    "On this machine, connect with this:\n  deno run -A client.ts localhost",
    "08:17:05 client 7 connected from 10.0.0.5",
    "08:17:05 client 7 left: quit",
    "08:17:05 [guest-7]: olá",
    "08:17:05 client 7 got a/b.bin: 15 MB in 0.3 s",
    "08:17:05 client 7 was refused missing: File not found",
    "08:17:05 client 7: Too many messages, some were not delivered",
    "08:17:05 connection from 10.0.0.5 refused: server full",
    "08:17:05 client 7 sent a frame of unknown type HELO; it was ignored",
    "08:17:05 error: odd",
    "08:17:05 12 lines of the log are missing here: nothing took them",
    "08:17:05 stopped",
  ]);
});

Deno.test("formatEvent: writes seconds with the decimal sign of the language", () => {
  const event: LogEvent = { event: "download", client: 1, path: "a", bytes: 1e9, seconds: 1234.56 };
  assertEquals(format(event), "08:17:05 client 1 got a: 1 GB in 1234.6 s");
  assertEquals(
    format(event, { locale: PORTUGUESE }),
    "08:17:05 cliente 1 recebeu a: 1 GB em 1234,6 s",
  );
});

Deno.test("formatEvent: fills in all placeholders in both languages", () => {
  for (const event of EVENTS) {
    for (const language of LANGUAGES) {
      assertEquals(
        /[{}]|undefined|\[object/.exec(format(event, { locale: makeLocale(language) })!),
        null,
      );
    }
  }
});

Deno.test("formatEvent: writes in the language of the locale", () => {
  assertStringIncludes(format(EVENTS[5]!, { locale: PORTUGUESE })!, "Arquivo não encontrado");
  assertStringIncludes(format(EVENTS.at(-1)!, { locale: PORTUGUESE })!, "encerrado");
});

Deno.test("formatEvent: writes time, level and all members of the event as JSON", () => {
  for (const event of EVENTS) {
    const { time, level, ...rest } = JSON.parse(format(event, { json: true })!);
    assertEquals(new Date(time), NOW);
    assertMatch(level, /^(info|warning|error)$/);
    const join = event.event === "listening" ? JOIN : {};
    assertEquals(rest, { ...event, ...join });
  }
});

Deno.test("formatEvent: writes the documented members as JSON", () => {
  const members = EVENTS.map((event) => Object.keys(JSON.parse(format(event, { json: true })!)));
  const own = members.map((names) => names.filter((name) => !/^(time|level)$/.test(name)));
  assertEquals(own, [
    ["event", "host", "port", "tls", "root", "addresses", "uri"],
    ["event", "client", "address", "protocol"],
    ["event", "client", "reason"],
    ["event", "client", "nick", "room", "text"],
    ["event", "client", "path", "bytes", "seconds"],
    ["event", "client", "address", "code", "path"],
    ["event", "client", "address", "code"],
    ["event", "client", "address", "code"],
    ["event", "client", "address", "code", "type"],
    ["event", "message"],
    ["event", "lines"],
    ["event"],
  ]);
});

Deno.test("formatEvent: sets the level warning for refusals, error for errors, and info for all others", () => {
  const levels = EVENTS.map((event) => JSON.parse(format(event, { json: true })!).level);
  const rest = ["warning", "warning", "warning", "warning", "error", "error", "info"];
  assertEquals(levels, ["info", "info", "info", "info", "info", ...rest]);
});

Deno.test("formatEvent: writes only errors with quiet", () => {
  for (const json of [false, true]) {
    const kept = EVENTS.filter((event) => format(event, { quiet: true, json }) !== null);
    assertEquals(kept.map(({ event }) => event), ["error", "dropped"]);
  }
});

Deno.test("formatEvent: says why a client left, and writes the code of the reason as JSON", () => {
  const line = (reason: DisconnectReason, options: Partial<LogFormat> = {}) =>
    format({ event: "disconnected", client: 7, reason }, options)!;
  assertEquals(line("silent"), "08:17:05 client 7 left: was silent for too long");
  assertEquals(line("lost", { locale: PORTUGUESE }), "08:17:05 cliente 7 saiu: a conexão caiu");
  for (const language of LANGUAGES) {
    assertStringIncludes(line("slow-consumer", { locale: makeLocale(language) }), "slow-consumer");
  }
  assertEquals(JSON.parse(line("silent", { json: true })).reason, "silent");
});

const FORGERY = "x\n08:17:06 client 1 left: quit\r\n\x1b[2K\x1b[1A\u202egpj\u2028y\tz\x9b31m";
const HOSTILE: ServerEvent[] = [
  { event: "download", client: 7, path: FORGERY, bytes: 1, seconds: 1 },
  { event: "refused", client: 7, address: "10.0.0.5", code: "bad-path", path: FORGERY },
  { event: "refused", client: 7, address: "10.0.0.5", code: "unsupported", type: FORGERY },
  { event: "error", message: FORGERY },
];

for (const event of HOSTILE) {
  Deno.test(`formatEvent: writes one line without control characters for ${JSON.stringify(Object.keys(event))}`, () => {
    const line = format(event)!;
    assertEquals(line.includes("\n"), false);
    assertNoControls(line);
  });
}

Deno.test("formatEvent: indents the further lines of a message", () => {
  const line = format({ event: "chat", client: 7, nick: "guest-7", room: "lobby", text: FORGERY })!;
  const [first, ...further] = line.split("\n");
  assertEquals(first, "08:17:05 [guest-7]: x");
  assertEquals(further.length, 2);
  for (const text of further) assert(text.startsWith("         | "), text);
  assertNoControls(line);
});

Deno.test("formatEvent: writes a single line of JSON for hostile text", () => {
  for (const event of HOSTILE) {
    const line = format(event, { json: true })!;
    // deno-lint-ignore no-control-regex -- the pattern matches control characters
    assertEquals(/[\u0000-\u001f\u007f]/.exec(line), null);
    assertEquals(JSON.parse(line).event, event.event);
  }
});

function assertNoControls(line: string): void {
  // deno-lint-ignore no-control-regex -- the pattern matches control characters
  const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
  assertEquals(controls.exec(line), null, JSON.stringify(line));
}

Deno.test("formatEvent: writes the date where the log is no terminal", () => {
  const line = format({ event: "stopped" }, { isTerminal: false });
  assertEquals(line, "2026-11-22 08:17:05 stopped");
});

Deno.test("formatEvent: names the room of a message, but not the lobby", () => {
  const line = format({ event: "chat", client: 7, nick: "ana", room: "ops", text: "hi" });
  assertEquals(line, "08:17:05 #ops [ana]: hi");
});

Deno.test("formatEvent: calls only what has a path a file", () => {
  const event = { event: "refused", client: 7, address: "10.0.0.5", code: "not-found" } as const;
  assertEquals(format(event), "08:17:05 client 7: Not found");
  assertEquals(
    format({ ...event, path: "missing" }),
    "08:17:05 client 7 was refused missing: File not found",
  );
});

Deno.test("formatEvent: names the account of a failed login", () => {
  const refused = {
    event: "refused",
    client: 7,
    address: "10.0.0.5",
    code: "auth-failed",
  } as const;
  assertEquals(
    format({ ...refused, account: "ana\x1b" }),
    "08:17:05 client 7 (10.0.0.5) could not log in as ana: The name or the password is wrong",
  );
});

Deno.test("formatEvent: tells the addresses of the page below the line, the likeliest first", () => {
  const event: LogEvent = {
    event: "listening",
    host: "0.0.0.0",
    port: 5555,
    tls: false,
    root: "/srv",
    urls: ["http://10.0.0.1:5555/", "http://10.8.0.6:5555/"],
  };
  assertEquals(
    format(event),
    "08:17:05 here listens on 0.0.0.0, port 5555, and serves /srv\n" +
      "On this machine, connect with this:\n  deno run -A client.ts localhost\n" +
      "  in a browser: http://10.0.0.1:5555/\n" +
      "  or: http://10.8.0.6:5555/",
  );
  assertEquals(format(event, { quiet: true }), null);
});

Deno.test("formatEvent: names the peer of a download over HTTP by its address", () => {
  const download = { event: "download", client: null, address: "10.0.0.5", path: "a" } as const;
  assertEquals(
    format({ ...download, bytes: 5, seconds: 0.1 }),
    "08:17:05 10.0.0.5 got a: 5 B in 0.1 s",
  );
});

Deno.test("formatEvent: says the reason of a refusal, in words that speak of the client", () => {
  const refused = { event: "refused", client: null, address: "10.0.0.5" } as const;
  const line = (code: RequestErrorCode, reason: RequestErrorReason, locale = ENGLISH) =>
    format({ ...refused, code, reason }, { locale })!.slice("08:17:05 ".length);
  assertEquals(
    line("server-full", "address-full"),
    "connection from 10.0.0.5 refused: This address has too many connections",
  );
  assertEquals(line("denied", "banned"), "connection from 10.0.0.5 refused: banned");
  assertEquals(
    line("busy", "root-gone", PORTUGUESE),
    "conexão de 10.0.0.5 recusada: A pasta servida não está disponível no momento",
  );
  for (const reason of REQUEST_ERROR_REASONS) {
    assertEquals(/\b(you|your)\b/i.exec(line("denied", reason)), null, reason);
    assertEquals(/\bvocê\b/i.exec(line("denied", reason, PORTUGUESE)), null, reason);
  }
});

Deno.test("formatEvent: warns of a damaged file that was fetched anew, and tells one that was not as an error", () => {
  for (
    const [fetched, level, en, pt] of [
      [true, "warning", "fetched anew", "buscado de novo"],
      [false, "error", "not served until", "não é servido até"],
    ] as const
  ) {
    const event = { event: "damaged", path: "a\x1b/b", sha256: "0".repeat(64), fetched } as const;
    assertStringIncludes(format(event)!, en);
    assertStringIncludes(format(event, { locale: PORTUGUESE })!, pt);
    assertEquals([format(event)!.includes("\x1b"), format(event)!.includes("a/b ")], [false, true]);
    assertEquals(JSON.parse(format(event, { json: true })!).level, level);
  }
});
