import { assertStringIncludes } from "@std/assert";
import { LinkCommands, type LinkContext } from "../../lib/cli/interactive/link_commands.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import type { MadeLink } from "../../lib/protocol/link_answers.ts";

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
async function shareAt(server: LinkContext["server"]): Promise<string> {
  const { hostname: host, port } = server();
  const peers = [{ host, port, fingerprint: OTHER_KEY }];
  const client = { links: { make: () => Promise.resolve(LINK) }, chat: { cluster: { peers } } };
  const printed: string[] = [];
  const { share } = new LinkCommands({
    connection: { ...FIRST, tls: { fingerprint: FIRST_KEY } },
    locale: makeLocale("en"),
    chat: { client } as unknown as ReconnectingChat,
    server,
    print: (text) => printed.push(text),
    fail: (error) => printed.push(String(error)),
    usage: () => {},
  }).handlers;
  await share("a.txt");
  return printed.join("\n");
}

Deno.test("LinkCommands: names the key of the server that the chat has gone on to", async () => {
  assertStringIncludes(await shareAt(() => FIRST), `first.example/a.txt?fp=${FIRST_KEY}&`);
  const other = { hostname: "other.example", port: 5556 };
  assertStringIncludes(await shareAt(() => other), `other.example:5556/a.txt?fp=${OTHER_KEY}&`);
});
