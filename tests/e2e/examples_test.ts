import { assert, assertMatch } from "@std/assert";
import { hasNamespaces, LoopbackNetwork } from "../helpers/namespace.ts";
import { ROOT } from "../helpers/source_files.ts";

/** The modules with examples. */
const MODULES = [
  "mod.ts",
  "lib/client/connect.ts",
  "lib/client/client.ts",
  "lib/client/client_links.ts",
  "lib/client/chat.ts",
  "lib/client/client_chat.ts",
  "lib/client/download_all.ts",
  "lib/client/upload_all.ts",
  "lib/client/reconnecting_chat.ts",
  "lib/files/known_hosts.ts",
  "lib/server/serve.ts",
  "lib/server/server.ts",
];

Deno.test("mod.ts: every example of the library runs", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", ...MODULES],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, output);
  const examples = Number(/(\d+) passed/.exec(output)?.[1]);
  assert(examples >= 20, `${examples} examples`);
  assertMatch(output, /0 failed/);
});

Deno.test({
  name: "findServers: its example runs, in a network of its own",
  ignore: !hasNamespaces(),
  async fn() {
    await using network = await LoopbackNetwork.make();
    const [command, ...args] = network.command;
    const { success, stderr } = await new Deno.Command(command, {
      args: [
        ...args,
        Deno.execPath(),
        "test",
        "-A",
        "--doc",
        "--no-check",
        "lib/discovery/find_servers.ts",
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  },
});
