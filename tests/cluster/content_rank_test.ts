import { assert, assertEquals } from "@std/assert";
import { isToHave, rankServers } from "../../lib/cluster/content_rank.ts";
import { sha256Of } from "../helpers/bytes.ts";

const SERVERS = ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee"];
const CONTENTS = Array.from({ length: 1_000 }, (_, i) => sha256Of(String(i)));

Deno.test("rankServers: gives the same order whatever the order of the servers", () => {
  for (const sha256 of CONTENTS.slice(0, 50)) {
    const ranked = rankServers(sha256, SERVERS);
    assertEquals(ranked.toSorted(), SERVERS);
    assertEquals(rankServers(sha256, SERVERS.toReversed()), ranked);
  }
});

Deno.test("rankServers: divides contents evenly", () => {
  const firsts = Map.groupBy(CONTENTS, (sha256) => rankServers(sha256, SERVERS)[0]!);
  for (const [server, { length }] of firsts) {
    assert(length > 150 && length < 250, `${server} is first of ${length}`);
  }
});

Deno.test("isToHave: a server that goes moves no content but its own", () => {
  const left = SERVERS.slice(1);
  for (const sha256 of CONTENTS) {
    const before = SERVERS.filter((server) => isToHave(server, sha256, SERVERS, 2));
    const after = left.filter((server) => isToHave(server, sha256, left, 2));
    assertEquals([before.length, after.length], [2, 2]);
    for (const server of before) assert(server === SERVERS[0] || after.includes(server));
  }
});

Deno.test("isToHave: all servers have what there are too few for, or all are to have", () => {
  const [sha256 = ""] = CONTENTS;
  for (const server of SERVERS) {
    assert(isToHave(server, sha256, SERVERS, "all"));
    assert(isToHave(server, sha256, SERVERS, 5));
    assert(isToHave(server, sha256, [server], 2));
  }
});
