/** Links, request by request: what one allows, and what it never does. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Link } from "../../lib/accounts/link.ts";
import { decodeRequest, type RequestType } from "../../lib/protocol/requests.ts";
import { CLAIM, logInByLink, refusalOf, startLinkServer } from "../helpers/links.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { LinkAccess, type LinkServices } from "../../lib/server/context/link_access.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { logIn } from "../helpers/abused_server.ts";

const FILES = {
  "docs/report.pdf": "report",
  "docs/more/a.txt": "a",
  "other.txt": "other",
  "docs2/b.txt": "b",
  "inbox/old.txt": "old",
};

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("AUTH: tells a receiver what its link is for", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("docs", { count: 2, life: 60_000 });
  using peer = await fixture.guest();
  const done = await logInByLink(peer, `link:${shared.link}`, shared.secret, CLAIM);
  const { expires, ...link } = done.link as Json;
  assert(Number(expires) > Date.now() && Number(expires) <= Date.now() + 60_000);
  assertEquals(link, { path: "docs", kind: "get", count: 2, left: 2 });
  assertEquals([done.user, done.role], [`link:${shared.link}`, "link"]);
});

Deno.test("LIST: tells of the right to make links in a folder those that have it, and nobody else", async () => {
  const rules = "/ read *\n/ read,share alice\ninbox/** read *\n";
  await using fixture = await startLinkServer(FILES, {}, rules);
  const shared = await fixture.share("docs");
  using alice = await fixture.member();
  using bob = await fixture.member("bob");
  using guest = await fixture.guest();
  using receiver = await fixture.receiver(shared);
  const told = async (peer: Protocol2Peer, path: string) =>
    (await peer.request("LIST", { path })).share;
  assertEquals([await told(alice, ""), await told(alice, "docs")], [true, true]);
  assertEquals(await told(alice, "inbox"), undefined);
  for (const peer of [bob, guest, receiver]) assertEquals(await told(peer, "docs"), undefined);
});

Deno.test("link: opens its folder and what is below, and no other path", async () => {
  await using fixture = await startLinkServer(FILES);
  using peer = await fixture.receiver(await fixture.share("docs"));
  const { entries } = await peer.request("LIST", { path: "docs", recursive: true });
  const paths = (entries as Json[]).map(({ path }) => path);
  assertEquals(paths, ["docs/more", "docs/more/a.txt", "docs/report.pdf"]);
  assertEquals(text((await peer.get("docs/more/a.txt")).bytes), "a");
  for (const path of ["other.txt", "docs2/b.txt", "docs2", "inbox", "missing.txt"]) {
    for (const type of ["LIST", "STAT", "FGET"]) {
      assertEquals(await peer.refusal(type, { path }), "not-found", `${type} ${path}`);
    }
  }
  assertEquals(await peer.refusal("LIST", { path: "" }), "not-found");
});

/** A request of each type that is none of a link. */
const DENIED: Readonly<Record<"get" | "put", Readonly<Record<string, Json>>>> = {
  get: {
    FPUT: { path: "docs/new.txt", size: 1, key: "k" },
    MKDR: { path: "docs/new" },
    MPUT: { path: "docs", names: "new.txt", sizes: [0], mtimes: [0], sha256: "0".repeat(64) },
  },
  put: {
    LIST: { path: "docs" },
    STAT: { path: "docs/report.pdf" },
    FGET: { path: "docs/report.pdf" },
    MGET: { path: "docs", names: "report.pdf" },
  },
};
const DENIED_TO_ALL: Readonly<Record<string, Json>> = {
  TCKT: { path: "docs/report.pdf" },
  LINK: { path: "docs", kind: "get" },
  LNKS: {},
  UNLK: { link: "aaaaaaaa" },
  NICK: { nick: "eve" },
  JOIN: { room: "lobby" },
  PART: { room: "lobby" },
  SEND: { room: "lobby", text: "hi" },
  WHOS: {},
  ROOM: {},
  HIST: { room: "lobby" },
  TOPC: { room: "lobby" },
  AWAY: {},
};

for (const kind of ["get", "put"] as const) {
  Deno.test(`link: denies to one of the kind ${kind} each request that it is not made for`, async () => {
    await using fixture = await startLinkServer(FILES);
    using peer = await fixture.receiver(await fixture.share("docs", { kind }));
    const denied = { ...DENIED[kind], ...DENIED_TO_ALL };
    for (const [type, fields] of Object.entries(denied)) {
      decodeRequest(type as "LIST", fields); // A malformed one would be refused for that
      assertEquals(await refusalOf(peer, type, fields), "denied link-narrow", type);
    }
    assertEquals(await refusalOf(peer, "WHAT", {}), "unsupported");
  });
}

/** Of `Requests`, from its text: one that is new is denied to links until it is allowed by name. */
function requestTypes(): RequestType[] {
  const source = Deno.readTextFileSync(new URL("../../lib/protocol/requests.ts", import.meta.url));
  const [, body = ""] = /export interface Requests \{(.*?)\n\}/s.exec(source) ?? [];
  return [...body.matchAll(/^ {2}readonly ([A-Z0-9]{4}):/gm)].map(([, type]) =>
    type as RequestType
  );
}

Deno.test("LinkAccess.checkRequest: allows what a link is for, and no other type of request", () => {
  const types = requestTypes();
  assert(types.length >= 18);
  const allowed = { get: ["LIST", "STAT", "FGET", "MGET"], put: ["FPUT", "MPUT", "MKDR"] };
  for (const kind of ["get", "put"] as const) {
    const link = { kind } as Link;
    const access = new LinkAccess({} as LinkServices, link, CLAIM);
    const passing = types.filter((type) => {
      try {
        access.checkRequest(type);
        return true;
      } catch {
        return false;
      }
    });
    assertEquals(passing, allowed[kind]);
  }
});

Deno.test("link: takes files into its folder, and neither replaces nor shows what is there", async () => {
  await using fixture = await startLinkServer(FILES);
  using peer = await fixture.receiver(await fixture.share("inbox", { kind: "put" }));
  await peer.put("inbox/new.txt", "new");
  await peer.put("inbox/sub/deep.txt", "deep", { key: "k" });
  await peer.request("MKDR", { path: "inbox/empty" });
  assertEquals(Deno.readTextFileSync(fixture.server.root.join("inbox/new.txt")), "new");
  const old = { path: "inbox/old.txt", size: 1, key: "k" };
  assertEquals(await peer.refusal("FPUT", old), "exists");
  assertEquals(await peer.refusal("FPUT", { ...old, replace: true }), "denied");
  assertEquals(Deno.readTextFileSync(fixture.server.root.join("inbox/old.txt")), "old");
  for (const path of ["new.txt", "docs/new.txt", "inbox2/new.txt"]) {
    assertEquals(await peer.refusal("FPUT", { path, size: 1, key: "k" }), "denied", path);
  }
  assertEquals(
    await peer.refusal("FPUT", { path: "inbox/x", size: 1, key: "k", room: "lobby" }),
    "denied",
  );
  assertEquals(await peer.refusal("MKDR", { path: "docs/new" }), "denied");
});

Deno.test("AUTH: takes no second login of a client that has come by a link", async () => {
  await using fixture = await startLinkServer(FILES);
  using peer = await fixture.receiver(await fixture.share("docs"));
  await assertRejects(() => logIn(peer, "alice"), Error, "bad-request");
});

Deno.test("link: brings no one into the chat, and a guest of it out", async () => {
  await using fixture = await startLinkServer(FILES);
  const shared = await fixture.share("docs");
  using alice = await fixture.member();
  await alice.request("JOIN", { room: "lobby" });
  using peer = await Protocol2Peer.connect(fixture.server.port);
  const { nick } = peer.hello.you as Json;
  await alice.event(({ event, nick: who }) => event === "joined" && who === nick);
  await logInByLink(peer, `link:${shared.link}`, shared.secret);
  await alice.event(({ event, nick: who }) => event === "left" && who === nick);
  await alice.request("SEND", { room: "lobby", text: "secret" });
  await peer.assertLives();
  assertEquals(peer.events.filter(({ event }) => event === "message"), []);
  const { members } = await alice.request("WHOS");
  assertEquals((members as Json[]).map(({ nick }) => nick), ["alice"]);
});

Deno.test("link: opens nothing over HTTP, and to no peer of protocol 1", async () => {
  await using fixture = await startLinkServer(FILES, { requireAccount: true });
  const { link, secret } = await fixture.share("docs");
  using raw = await RawPeer.connect(fixture.server.port);
  await raw.sendFrame("FILE", `docs/report.pdf?link=${link}.${secret}`);
  const frames = await raw.readUntil("FERR");
  assert(frames.every(({ type }) => type === "FERR" || type === "CHAT"));
});

Deno.test("link: tells its creator of the files that come by it, all together", async () => {
  await using fixture = await startLinkServer(FILES);
  using alice = await fixture.member();
  await alice.request("JOIN", { room: "lobby" });
  using bob = await fixture.member("bob");
  await bob.request("JOIN", { room: "lobby" });
  const shared = await fixture.share("inbox", { kind: "put" });
  using peer = await fixture.receiver(shared);
  for (const name of ["1", "2", "3"]) await peer.put(`inbox/${name}.txt`, name);
  let told = 0;
  while (told < 3) {
    const { text } = await alice.event(({ event, text }) =>
      event === "notice" && /inbox\/[123]\.txt/.test(String(text))
    );
    assert(String(text).includes(shared.link), String(text));
    told += Number(/^\d+/.exec(String(text))?.[0] ?? 1);
    alice.events.length = 0;
  }
  assertEquals(told, 3);
  await bob.assertLives();
  assertEquals(bob.events.filter(({ event }) => event === "notice"), []);
});
