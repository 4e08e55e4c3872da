import { assertEquals, assertStringIncludes } from "@std/assert";
import { LinkCommands } from "../../lib/cli/interactive/link_commands.ts";
import { linkServer } from "../../lib/cli/commands/links.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import type { MadeLink } from "../../lib/protocol/link_answers.ts";
import type { Endpoint } from "../../lib/stream/endpoint.ts";

const LINK: MadeLink = {
  id: "aaaaaaaa",
  secret: "s".repeat(20),
  kind: "get",
  type: "file",
  path: "a.txt",
  user: "alice",
  createdMs: 0,
  expiresMs: 0,
  count: null,
  left: null,
  sizeBytes: null,
  bytesLeft: null,
  note: null,
  ended: null,
};
const [FIRST_KEY, OTHER_KEY] = ["1".repeat(64), "2".repeat(64)] as const;
const FIRST = { hostname: "first.example", port: 5555 };

/** What `share` prints at a server, for a user who has given the key of the first one. */
async function shareAt(server: Endpoint): Promise<string> {
  const { hostname: host, port } = server;
  const peers = [{ host, port, fingerprint: OTHER_KEY }];
  const client = {
    features: ["web"],
    links: { make: () => Promise.resolve(LINK) },
    chat: { cluster: { peers } },
  };
  const printed: string[] = [];
  const { share } = new LinkCommands({
    connection: { ...FIRST, tls: { fingerprint: FIRST_KEY } },
    locale: makeLocale("en"),
    chat: { client } as unknown as ReconnectingChat,
    screen: { server },
    print: (text) => printed.push(text),
    fail: (error) => printed.push(String(error)),
    usage: () => {},
  }).handlers;
  await share("a.txt");
  return printed.join("\n");
}

Deno.test("LinkCommands: names the key of the server that the chat has gone on to", async () => {
  assertStringIncludes(await shareAt(FIRST), `first.example/a.txt?fp=${FIRST_KEY}&`);
  const other = { hostname: "other.example", port: 5556 };
  const printed = await shareAt(other);
  assertStringIncludes(printed, `other.example:5556/a.txt?fp=${OTHER_KEY}&`);
  assertStringIncludes(printed, `\n  https://other.example:5556/#/get/aaaaaaaa.${LINK.secret}\n`);
});

Deno.test("linkServer: names first where the link was made, then the others of its cluster with the same key", async () => {
  const [a, b, c] = ["a", "b", "c"].map((hostname) => ({ hostname, port: 5555 }));
  const cluster = { name: "test", history: "", peers: [] };
  const namesOf = async (...given: Parameters<typeof linkServer>) => {
    const { hostname, hosts = [] } = await linkServer(...given);
    return [hostname, ...hosts.map(({ hostname }) => hostname)];
  };
  const all = { ...a!, hosts: [b!, c!] };
  assertEquals(await namesOf(b!, all, cluster), ["b", "a", "c"]);
  assertEquals(await namesOf(b!, all, null), ["b"]);
  assertEquals(await namesOf(b!, a!, cluster), ["b"]); // The user has named one server
  const knownHosts = {
    find: ({ hostname }: { hostname: string }) => {
      const fingerprint = hostname === "a" ? OTHER_KEY : FIRST_KEY;
      return Promise.resolve({ fingerprint, certificate: null });
    },
    remember: () => Promise.resolve(),
  };
  const tls = { knownHosts };
  assertEquals(await namesOf(b!, { ...all, tls }, cluster), ["b", "c"]);
});
