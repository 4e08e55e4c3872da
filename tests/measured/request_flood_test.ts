import { assert } from "@std/assert";
import { ChildProcess } from "../helpers/child_process.ts";
import type { Crowd } from "../helpers/crowd_child.ts";
import { QuietPair } from "../helpers/message_waits.ts";
import { MeteredServer } from "../helpers/metered_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";

const CONNECTIONS = 32;
const MESSAGES = 30;
/**
 * The goals are 20 ms for a turn, and 100 ms for the wait of 99 of 100 messages. Measured on two cores
 * that eight others share: 3 to 21 ms, and 3 to 200 ms. Other processes make both longer, since they
 * empty the caches and delay the peers of the test: a turn is compared with work that they make longer, too,
 * 12 to 22 ms there. Without fair turns the waits are seconds.
 */
const MAX_TURN_OF_REFERENCE = 3;
const MAX_MEDIAN_MS = 300;
const MAX_P99_MS = 600;

/** Floods of which each request or connection is logged, as it should be. */
const LOGGED: ReadonlySet<Crowd["kind"]> = new Set([
  "download",
  "protocol1",
  "httpGet",
  "connect",
  "greet",
  "zstdBomb",
]);

/** A folder that takes some time to list. */
const MANY = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`many/${i}.txt`, ""]));

const FLOODS: ReadonlyArray<readonly [kind: Crowd["kind"], what: string]> = [
  ["joinPart", "JOIN and PART"],
  ["ping", "PING"],
  ["badList", "malformed LIST"],
  ["unknown", "unknown requests"],
  ["nick", "NICK"],
  ["history", "HIST"],
  ["login", "logins"],
  ["list", "LIST"],
  ["stat", "STAT"],
  ["makeFolder", "MKDR"],
  ["download", "FGET"],
  ["protocol1", "FILE by protocol 1"],
  ["emptyData", "FDAT without bytes"],
  ["tinyData", "FDAT with one byte each"],
  ["wsPing", "pings of WebSockets"],
  ["wsEmpty", "WebSocket messages without bytes"],
  ["emptyLines", "empty lines of HTTP"],
  ["connect", "connects"],
  ["greet", "HELO on new connections"],
  ["zstdBomb", "zstd bombs"],
  ["httpGet", "GET of a small file"],
  ["httpList", "?json"],
  ["httpHash", "?sha256"],
  ["httpMissing", "GET of no file"],
  ["httpNoPage", "GET of no page"],
  ["httpConfig", "GET of the configuration"],
  ["httpBadHost", "GET with a foreign Host"],
  ["httpBadHead", "malformed heads of HTTP"],
];

for (const [kind, what] of FLOODS) {
  Deno.test(`request flood: ${CONNECTIONS} connections of ${what} do not keep others waiting`, async () => {
    await using server = await MeteredServer.start({
      hasPage: true,
      uploads: true,
      maxPerAddress: 0,
      chatPerSecond: 0,
    }, { files: { "small.txt": "hello", ...MANY } });
    using pair = await QuietPair.connect(server);
    const crowd: Crowd = { port: server.port, count: CONNECTIONS, kind };
    await using child = new ChildProcess("crowd_child.ts", [JSON.stringify(crowd)]);
    await child.waitFor("ready");
    const { events: before } = await server.measure();
    const { median, p99 } = await pair.say(MESSAGES);
    const { turnMs, events } = await server.measure();
    const referenceMs = await server.referenceMs();
    const figures = { turnMs, referenceMs, median, p99, events: events - before };
    if (Deno.env.has("FLOODS")) console.log(kind, figures);
    const maxMs = MAX_TURN_OF_REFERENCE * referenceMs;
    assert(turnMs < maxMs, `a turn took ${turnMs} ms, the reference ${referenceMs} ms`);
    assert(median < MAX_MEDIAN_MS && p99 < MAX_P99_MS, `others wait ${median} ms, ${p99} ms`);
    // The refusals of a client are summed up; a login that fails closes its connection
    const most = LOGGED.has(kind) ? Infinity : 4 * CONNECTIONS;
    assert(events - before <= most, `${events - before} events were logged`);
    using late = await Protocol2Peer.connect(server.port);
    await late.assertLives();
  });
}
