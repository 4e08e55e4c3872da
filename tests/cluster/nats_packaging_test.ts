import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EngineError } from "../../lib/cluster/engine.ts";
import { NatsLink, type NatsOptions } from "../../lib/cluster/nats_link.ts";
import { pause } from "../../lib/async/pause.ts";
import { makeNatsKey } from "../../lib/cluster/nats_key.ts";
import { NatsEngine } from "../../lib/cluster/nats_engine.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, type NatsNodePorts, NEEDS_NATS } from "../helpers/nats.ts";
import { appendAll, createLog, texts, untilInStep } from "../helpers/nats_engines.ts";
import { RecordCollector } from "../helpers/record_collector.ts";
import { ROOT } from "../helpers/source_files.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const NAME = "tcp-chat";

/** Replaces a text that must be there. */
function put(config: string, from: string | RegExp, to: string): string {
  if (config.search(from) < 0) throw new Error(`The configuration lacks ${from}`);
  return config.replaceAll(
    typeof from === "string" ? new RegExp(RegExp.escape(from), "g") : from,
    to,
  );
}

/** The configuration of packaging/nats with the places of a test. */
function configure(key: string, folder: TempDir) {
  const packaged = Deno.readTextFileSync(`${ROOT}/packaging/nats/nats-server.conf`);
  return ({ at, port, routes, store }: NatsNodePorts): string => {
    let config = put(packaged, "server_name: nats1", `server_name: n${at}`);
    config = put(config, "0.0.0.0:4222", `127.0.0.1:${port}`);
    config = put(config, "0.0.0.0:6222", `127.0.0.1:${routes[at]}`);
    for (const [i, route] of routes.entries()) {
      config = put(config, `nats${i + 1}.example:6222`, `localhost:${route}`);
    }
    config = put(config, "/etc/nats", folder.path);
    config = put(config, "/var/lib/nats", store);
    config = put(config, /^http: .*$/gm, "");
    return put(config, /nkey: "U\w+"/g, `nkey: "${key}"`);
  };
}

/** Makes the certificates as packaging/nats does. Returns that of the authority. */
async function makeCertificates(folder: TempDir): Promise<string> {
  const { success, stderr } = await new Deno.Command(
    `${ROOT}/packaging/nats/make-certificates.sh`,
    {
      args: ["localhost", "127.0.0.1"],
      cwd: folder.path,
    },
  ).output();
  assert(success, new TextDecoder().decode(stderr));
  Deno.renameSync(folder.join("localhost.pem"), folder.join("node.pem"));
  Deno.renameSync(folder.join("localhost-key.pem"), folder.join("node-key.pem"));
  return Deno.readTextFileSync(folder.join("ca.pem"));
}

/** What a certificate is for. */
function namesIn(path: string): string {
  const args = ["x509", "-in", path, "-noout", "-ext", "subjectAltName"];
  const { stdout } = new Deno.Command("openssl", { args }).outputSync();
  return new TextDecoder().decode(stdout).split("\n")[1]!.trim();
}

/** A second server of NATS has to be found: a connection goes on to another one, and another. */
async function reachesAll(options: NatsOptions): Promise<void> {
  await using link = await NatsLink.connect(options);
  const seen = new Set<string>();
  await until(async () => {
    if (link.state === "connected") seen.add(link.connection.info!.server_id);
    await link.connection.reconnect();
    await pause(50);
    return seen.size === options.servers.length;
  }, "connections to all servers");
}

Deno.test(
  "packaging/nats: three nodes with TLS let the user of the cluster do what it has to, and no more",
  NEEDS_NATS,
  async () => {
    using folder = new TempDir();
    const ca = await makeCertificates(folder);
    const user = makeNatsKey();
    const config = configure(user.publicKey, folder);
    await using nats = await NatsCluster.start(3, { configure: config });
    const servers = nats.nodes.map(({ port }) => `tls://localhost:${port}`);
    const violations: string[] = [];
    const refused = Promise.withResolvers<void>();
    const onError = ({ message }: Error) => {
      // On a busy machine NATS may also call a connection stale, which is made again
      if (message.includes("Violation") && violations.push(message) >= 3) refused.resolve();
    };
    const connect = (credentials: string | null, trusted: string | null = ca) =>
      NatsEngine.connect({
        servers,
        name: NAME,
        credentials,
        ca: trusted,
        onError,
      });
    const codeOf = async (connecting: Promise<NatsEngine>) =>
      (await assertRejects(() => connecting, EngineError)).code;
    assertEquals(await codeOf(connect(null)), "denied");
    assertEquals(await codeOf(connect(makeNatsKey().seed)), "denied");
    assertEquals(await codeOf(connect(user.seed, null)), "untrusted");

    await using engine = await connect(`# the cluster's key\n${user.seed}\n`);
    await createLog(engine);
    assertEquals((await untilInStep(engine)).replicas, 3);
    await appendAll(engine, texts("a", 5));
    const got = new RecordCollector();
    await using _ = engine.log.follow(1, got.onRecords, got.onBreak);
    await appendAll(engine, texts("b", 5));
    await got.until(10);
    using _echo = engine.bus.subscribe(
      `tc.${NAME}.any.echo`,
      (message) => message.respond(message.payload),
      "any",
    );
    assertEquals(
      (await engine.bus.request(`tc.${NAME}.any.echo`, new Uint8Array(3), 5_000)).length,
      3,
    );
    assertEquals(violations, []);

    engine.bus.publish("tc.other.say", new Uint8Array(1));
    engine.bus.publish(`$JS.API.STREAM.DELETE.TC_${NAME}_LOG`, new Uint8Array(0));
    using _refused = engine.bus.subscribe("other.subject", () => {});
    await within(refused.promise, "three refusals");
    assertStringIncludes(
      violations.join("\n"),
      'Permissions Violation for Publish to "tc.other.say"',
    );
    assertStringIncludes(
      violations.join("\n"),
      'Permissions Violation for Publish to "$JS.API.STREAM.DELETE',
    );
    assertStringIncludes(
      violations.join("\n"),
      'Permissions Violation for Subscription to "other.subject"',
    );
    await reachesAll({ servers, name: NAME, credentials: user.seed, ca });
    assertEquals(namesIn(folder.join("127.0.0.1.pem")), "IP Address:127.0.0.1");
  },
);
