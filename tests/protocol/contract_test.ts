import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { REQUEST_ERROR_REASONS } from "../../lib/protocol/error_reasons.ts";
import { REQUEST_ERROR_TEXTS } from "../../lib/protocol/errors.ts";
import type { ServerSettings } from "../../lib/server/config/options.ts";
import { featuresOf } from "../../lib/server/session/server_hello.ts";
import { ROOT, sourcesBelow } from "../helpers/source_files.ts";

const CONTRACT = Deno.readTextFileSync(join(ROOT, "lib/protocol/README.md"));
/** Codes that FAIL never carries: FERR and logs do. */
const NOT_IN_FAIL = ["server-full", "slow-consumer", "tls-needed"];

/** The text of a section, up to the next heading. */
function section(number: string): string {
  const start = CONTRACT.search(new RegExp(`^#+ ${number.replace(".", "\\.")}\\.? `, "m"));
  assert(start >= 0, `There is no section ${number}`);
  const rest = CONTRACT.slice(start).replace(/^.*\n/, "");
  const end = rest.search(/^#/m);
  return end < 0 ? rest : rest.slice(0, end);
}

/** The code spans in the first column of the first table. */
function firstColumn(text: string): string[] {
  const table = /(?:^\|.*\n)+/m.exec(text)?.[0] ?? "";
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!);
}

Deno.test("protocol README: names each code that FAIL can carry", () => {
  const codes = Object.keys(REQUEST_ERROR_TEXTS).filter((code) => !NOT_IN_FAIL.includes(code));
  assertEquals(firstColumn(section("3.3")).toSorted(), codes.toSorted());
});

Deno.test("protocol README: names only reasons that exist", () => {
  const table = /(?:^\|.*\n)+/m.exec(section("3.3"))![0];
  const rows = table.split("\n").slice(2).map((row) => row.split("|")[2] ?? "");
  const words = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
  assert(words.length > 5);
  for (const word of words) {
    const prefix = word.replace("…", "");
    assert(REQUEST_ERROR_REASONS.some((reason) => reason.startsWith(prefix)), word);
  }
});

Deno.test("protocol README: has the sections that comments refer to", () => {
  const references = [...sourcesBelow("lib")].flatMap(({ path, text }) =>
    [...text.matchAll(/[Ss]ection (\d+(?:\.\d+)?)(?:\s|\*)+of the protocol/g)]
      .map((match) => ({ path, number: match[1]! }))
  );
  assert(references.length >= 8);
  for (const { path, number } of references) {
    const exists = new RegExp(`^#+ ${number.replace(".", "\\.")}\\.? `, "m").test(CONTRACT);
    assert(exists, `${path} refers to section ${number}`);
  }
});

Deno.test("protocol README: its table of contents leads to its headings", () => {
  const anchors = [...CONTRACT.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
  const links = [...CONTRACT.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]!);
  assert(links.length > 15);
  for (const link of links) assert(anchors.includes(link), link);
});

Deno.test("protocol README: each section has a number of its own, and a place in the table of contents", () => {
  const titles = [...CONTRACT.matchAll(/^##+ (.*)$/gm)].map(([, title]) => title!);
  const numbers = titles.map((title) => /^\d+\.(?:\d+)?/.exec(title)?.[0]);
  assertEquals(numbers.filter((number, i) => numbers.indexOf(number) !== i), []);
  const contents = CONTRACT.slice(0, CONTRACT.indexOf("\n## "));
  for (const title of titles) {
    const anchor = title.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-");
    assert(contents.includes(`](#${anchor})`), title);
  }
});

/** The cells of the rows of all tables of a section, without heads. */
function rowsOf(text: string): string[][] {
  return [...text.matchAll(/^\| (.*) \|$/gm)].map((match) => match[1]!)
    .filter((row, i, rows) => !/^-/.test(row) && !/^-/.test(rows[i + 1] ?? ""))
    .map((row) => row.split("|").map((cell) => cell.trim()));
}

const words = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

Deno.test("protocol README: has the codes of each request", () => {
  const path = ["bad-path", "not-found", "not-a-file", "denied", "busy"];
  const codes: Record<string, readonly string[]> = {
    AUTH: ["auth-failed", "denied", "rate-limited"],
    LIST: path,
    STAT: ["changed"], // Beside those of the row above
    FGET: ["changed"],
    MGET: ["bad-path"],
    MPUT: ["bad-path", "denied"],
    FPUT: [
      ...["bad-path", "denied", "exists", "not-a-file"],
      ...["too-large", "no-space", "busy", "integrity"],
    ],
    MKDR: ["bad-path", "denied", "not-a-file", "no-space", "busy"],
    LINK: [...path, "no-space"],
    LNKS: ["denied"],
    UNLK: ["denied", "not-found", "busy", "no-space"],
    MOVE: ["bad-path", "denied", "not-a-file", "no-space", "busy", "not-found", "exists"],
    DELE: ["bad-path", "denied", "not-found", "not-a-file", "busy"],
    NICK: ["exists", "denied", "rate-limited"],
    JOIN: ["denied", "busy"],
    PART: ["denied"],
    ROOM: ["denied"],
    SEND: ["denied", "not-found", "rate-limited", "no-space", "busy"],
    TOPC: ["denied", "rate-limited", "no-space", "busy"],
    AWAY: ["denied", "rate-limited"],
    WHOS: ["denied"],
    HIST: ["denied"],
  };
  const rows = rowsOf(section("3.3")).filter(([name]) => /^`[A-Z]/.test(name ?? ""));
  const found = rows.flatMap(([names, cell]) => words(names).map((name) => [name, words(cell)]));
  assertEquals(Object.fromEntries(found), codes);
});

Deno.test("protocol README: its registry has each type of frame once", () => {
  const source = Deno.readTextFileSync(join(ROOT, "lib/protocol/frames.ts"));
  const types = [...source.matchAll(/^ {2}\| "([A-Z]{4})"/gm)].map((match) => match[1]!);
  assert(types.length > 25);
  const registered = rowsOf(section("7")).flatMap(([cell]) => words(cell));
  assertEquals(registered.filter((word) => /^[A-Z]{4}$/.test(word)).sort(), types.sort());
});

Deno.test("protocol README: its registry has each feature that a server announces", () => {
  const all = featuresOf(
    { chat: true, files: true, uploads: true, hasPage: true } as ServerSettings,
  );
  const registered = rowsOf(section("7")).flatMap(([cell]) => words(cell));
  const features = registered.filter((word) => /^[a-z-]+$/.test(word));
  assertEquals(features.toSorted(), [...all, "cluster"].toSorted());
});

Deno.test("protocol README: its limits are those of the code", () => {
  const count = (value: number) => value.toLocaleString("en-US");
  const seconds = (ms: number) => `${ms / 1_000} s`;
  const MIB = 1024 * 1024;
  const L = LIMITS;
  const limits: Record<string, string> = {
    "payload of any frame but FDAT and FZST": `${count(L.controlBytes)} bytes`,
    "payload of FDAT, of FZST":
      `${count(L.dataBytes)} bytes; ${count(L.protocol1DataBytes)} are sent in protocol 1, ` +
      `${count(L.protocol2DataBytes)} in 2`,
    "from a control frame's first byte to its last": seconds(L.controlFrameMs),
    "pace of a data frame": `${L.dataWindowBytes / 1024} KiB in any ${seconds(L.dataWindowMs)}`,
    "chat and control bytes that wait for a client": `${L.outboundBytes / MIB} MiB`,
    "a client that takes nothing of what waits for it": `${seconds(L.stalledMs)}; ${
      seconds(L.stalledBulkMs)
    } while only file data waits`,
    "unanswered requests of a connection": count(L.unansweredRequests),
    "silence, protocol 2": `${seconds(L.pingAfterMs)}, then ${seconds(L.silenceMs)}`,
    "silence of a server that has named others": `${seconds(L.clusterSilenceMs / 3)}, then ${
      seconds(L.clusterSilenceMs)
    }`,
    "an upload that broke off": `${L.unfinishedUploadMs / 3_600_000} h`,
    "a download that broke off": `${L.unfinishedDownloadMs / 86_400_000} days`,
    "clients at once (`--max-clients`)": count(L.clients),
    "clients from one address (`--max-per-address`)": count(L.clientsPerAddress),
    "chat of a client (`--chat-rate`)": `${L.chatBurst} at once, then ${L.chatPerSecond} a second`,
    "a client that has to log in": seconds(L.loginMs),
    "failed logins of a connection": count(L.failedLogins),
    "wait before a login is looked at": seconds(L.loginDelayMs),
    "a password; a message of SCRAM": `${count(L.passwordBytes)} bytes; ${
      count(L.scramMessageCharacters)
    } characters`,
    "a TLS handshake; at once": `${seconds(L.tlsHandshakeMs)}; ${count(L.tlsHandshakes)}`,
    "links that work; those of an account": `${count(L.links)}; ${count(L.linksPerAccount)}`,
    "`life` of a link; its `count`": `${L.linkMsMin / 1_000} s to ${
      L.linkMsMax / 86_400_000
    } days; 1 to ${count(L.linkCount)}`,
    "the secret `claim`": `${L.claimCharactersMin} to ${L.claimCharactersMax} characters`,
    "a claim": `${L.claimMs / 3_600_000} h after its last transfer`,
    "rooms of a client; rooms with members": `${count(L.roomsPerClient)}; ${count(L.rooms)}`,
    "private messages kept from an address or a /64": count(L.keptMessagesPerNetwork),
    "private messages kept for a client; for all": `${count(L.keptMessagesPerClient)}; ${
      count(L.keptMessages)
    }; for ${L.keptMessageMs / 86_400_000} days`,
    "messages that a client keeps unacknowledged": count(L.unsentMessages),
    "the head of a request of HTTP": `${count(L.httpHeadBytes)} bytes, in ${seconds(L.httpHeadMs)}`,
    "an HTTP connection": `${seconds(L.httpIdleMs)} without a request; ${
      count(L.httpRequests)
    } requests`,
    "an answer to HTTP/1.0 whose peer ended its side": seconds(L.httpEndedMs),
    "HELO over a WebSocket": seconds(L.webGreetingMs),
    "a ticket for a link": `${L.ticketMs / 60_000} minutes`,
    "`agent` in HELO": `${count(L.agentCharacters)} characters`,
    "the secret `resume`": `${L.resumeCharactersMin} to ${L.resumeCharactersMax} characters`,
    "`session` in NICK": `${L.sessionCharacters} characters`,
    "`peers` of a cluster; the host of one": `${L.clusterPeers}; ${L.hostCharacters} characters`,
    "a topic; the text of AWAY; the note of a link": `${count(L.statusBytes)} bytes`,
    "stored messages of a room (`--history`)": `${count(L.historyMessages)}, and ${
      L.historyRoomBytes / MIB
    } MiB`,
    "stored messages of all rooms": `${L.historyBytes / (1024 * MIB)} GiB`,
    "one chat message": `${count(L.messageBytes)} bytes`,
    "a path, one component of it": `${count(L.pathBytes)} bytes, ${count(L.nameBytes)} bytes`,
    "threads that move files (`--max-workers`)": count(L.workers),
  };
  const table = new Map(rowsOf(section("6")).map(([what = "", limit = ""]) => [what, limit]));
  for (const [what, limit] of Object.entries(limits)) assertEquals(table.get(what), limit, what);
});
