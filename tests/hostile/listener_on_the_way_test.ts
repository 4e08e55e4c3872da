/** What a listener between client and server reads. */
import { assertEquals } from "@std/assert";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { TestClient } from "../helpers/clients.ts";
import { Proxy } from "../helpers/proxy.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LOGIN = { user: "alice", password: "correct horse battery" };
const SECRETS = {
  password: LOGIN.password,
  account: LOGIN.user,
  message: "the plan is ready",
  "private message": "not for the others",
  "file name": "salaries.csv",
  "file content": "4711 per month",
};

/** The secrets that a session of a client tells a listener. */
async function heardSecrets({ tls }: { readonly tls: boolean }): Promise<string[]> {
  using data = new TempDir();
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  await accounts.store.add(LOGIN.user, LOGIN.password, "member");
  await using server = await startServer(
    { dataDirectory: data.path, ...(tls && { tls: "own" }) },
    { [SECRETS["file name"]]: SECRETS["file content"] },
  );
  const heard: Uint8Array[] = [];
  await using proxy = await Proxy.start(server.port, [async (chunk, _flow, next) => {
    heard.push(chunk.slice());
    await next(chunk);
  }]);
  const knownHosts = new KnownHosts(data.join("known_hosts"));
  await using alice = await TestClient.connect(proxy.port, {
    protocol: 2,
    login: LOGIN,
    ...(tls && { tls: { knownHosts, accept: () => true } }),
  });
  await alice.client.chat.say(SECRETS.message);
  await alice.client.chat.say(SECRETS["private message"], { to: LOGIN.user });
  await alice.client.download(SECRETS["file name"], {
    directory: data.path,
    name: SECRETS["file name"],
  });
  const text = new TextDecoder("latin1").decode(concatBytes(heard));
  return Object.entries(SECRETS).filter(([, secret]) => text.includes(secret))
    .map(([name]) => name);
}

Deno.test("listener on the way: reads nothing with TLS", async () => {
  assertEquals(await heardSecrets({ tls: true }), []);
});

Deno.test("listener on the way: reads all but the password without TLS", async () => {
  const all = Object.keys(SECRETS).filter((name) => name !== "password");
  assertEquals(await heardSecrets({ tls: false }), all);
});
