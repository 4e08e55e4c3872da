import { assertEquals } from "@std/assert";
import { RULE_FILE_NAME, RuleFile } from "../../lib/accounts/rule_file.ts";
import { RuleRows } from "../../lib/cluster/rule_rows.ts";
import { judgeRules, SharedRules } from "../../lib/cluster/shared_rules.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { ClusterServers, startClusterServer } from "../helpers/cluster_servers.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const READ = "/docs/** read *\n";
const NONE = "/docs/** none *\n";
const MALFORMED = "/docs/** everything *\n";

/** A rule file, and a log whose entries the test refuses or applies. */
class Scene implements AsyncDisposable {
  readonly temp = new TempDir();
  readonly database = openDatabase(IN_MEMORY);
  readonly rows = new RuleRows(this.database);
  readonly appended: string[] = [];
  readonly errors: string[] = [];
  /** What entries are refused with. */
  refusal: RequestError | null = null;
  readonly #listeners = new Set<() => void>();
  #shared: SharedRules | null = null;
  #file: RuleFile | null = null;

  async begin(): Promise<void> {
    const file = this.#file = await RuleFile.open(this.temp.join(RULE_FILE_NAME));
    const log = {
      append: ({ text }: { text: string }) => {
        this.appended.push(text);
        if (this.refusal !== null) return Promise.reject(this.refusal);
        this.apply(text);
        return Promise.resolve({});
      },
      on: (_kind: string, listener: () => void) => {
        this.#listeners.add(listener);
        return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
      },
      // deno-lint-ignore no-explicit-any
    } as any;
    const onError = (error: unknown) => this.errors.push((error as Error).message);
    const { rows } = this;
    this.#shared = new SharedRules({ file, rows, log, onError, retryMs: 1 });
    await this.#shared.begin();
  }

  /** Ends the run of the server. */
  end(): void {
    this.#shared?.[Symbol.dispose]();
    this.#shared = null;
  }

  /** Applies an entry of any server. */
  apply(text: string): void {
    this.rows.setShared(text);
    for (const listener of [...this.#listeners]) listener();
  }

  /** Changes the file as an operator does. */
  async edit(text: string): Promise<void> {
    this.temp.write(RULE_FILE_NAME, text);
    await this.#file?.reload();
  }

  async remove(): Promise<void> {
    Deno.removeSync(this.temp.join(RULE_FILE_NAME));
    await this.#file?.reload();
  }

  read(name = RULE_FILE_NAME): string | null {
    return this.temp.list().includes(name) ? Deno.readTextFileSync(this.temp.join(name)) : null;
  }

  /** Resolves once the file, the rules in force and those of the log are `text`. */
  async holds(text: string): Promise<void> {
    const are = () => [this.read(), this.#file?.text, this.rows.shared];
    await until(() => are().every((each) => each === text), text);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end();
    this.database.close();
    this.temp[Symbol.dispose]();
    return Promise.resolve();
  }
}

Deno.test("judgeRules: what an operator has changed is for all, and a new server takes what there is", () => {
  const verdicts = [
    judgeRules({ own: null, shared: null, isChanged: false }),
    judgeRules({ own: "a", shared: "a", isChanged: true }),
    judgeRules({ own: "a", shared: null, isChanged: false }),
    judgeRules({ own: "a", shared: "b", isChanged: true }),
    judgeRules({ own: "a", shared: "b", isChanged: false }),
    judgeRules({ own: null, shared: "b", isChanged: false }),
  ];
  assertEquals(verdicts, ["same", "same", "append", "append", "write", "write"]);
});

Deno.test("SharedRules: appends the first rules, and each change of the file once", async () => {
  await using scene = new Scene();
  await scene.edit(READ);
  await scene.begin();
  await scene.holds(READ);
  await scene.edit(NONE);
  await scene.holds(NONE);
  await scene.edit(READ);
  await scene.holds(READ);
  assertEquals([scene.appended, scene.read("rules.old")], [[READ, NONE, READ], null]);
});

Deno.test("SharedRules: writes the rules of the log into the file before it has begun, and keeps the former", async () => {
  await using scene = new Scene();
  scene.rows.setShared(NONE);
  await scene.edit(READ);
  await scene.begin();
  assertEquals([scene.read(), scene.read("rules.old"), scene.appended], [NONE, READ, []]);
  scene.apply("");
  await scene.holds("");
  assertEquals([scene.read("rules.old"), scene.temp.list()], [NONE, ["rules", "rules.old"]]);
});

Deno.test("SharedRules: a change while the server was down is for all; rules of the log are not taken for one", async () => {
  await using scene = new Scene();
  await scene.edit(READ);
  await scene.begin();
  await until(() => !scene.rows.isChange(READ) && scene.rows.isChange(NONE), "the same");
  scene.end();
  scene.apply(NONE); // By another server
  await scene.begin();
  await scene.holds(NONE);
  await until(() => scene.rows.isChange(READ), "the same");
  scene.end();
  await scene.edit(READ);
  await scene.begin();
  await scene.holds(READ);
  assertEquals(scene.appended, [READ, READ]);
});

Deno.test("SharedRules: a malformed file stays until the log has other rules", async () => {
  await using scene = new Scene();
  await scene.edit(READ);
  await scene.begin();
  await scene.holds(READ);
  await scene.edit(MALFORMED);
  scene.apply(READ);
  assertEquals([scene.read(), scene.appended], [MALFORMED, [READ]]);
  scene.apply(NONE);
  await scene.holds(NONE);
  assertEquals(scene.read("rules.old"), MALFORMED);
});

Deno.test("SharedRules: writes a file again that was removed", async () => {
  await using scene = new Scene();
  await scene.edit(READ);
  await scene.begin();
  await scene.holds(READ);
  await scene.remove();
  await scene.holds(READ);
  assertEquals(scene.appended, [READ]);
});

Deno.test("SharedRules: tries again what the log refuses, and tells it once", async () => {
  await using scene = new Scene();
  scene.refusal = new RequestError("busy", "stalled");
  await scene.edit(READ);
  await scene.begin();
  await until(() => scene.appended.length > 2, "attempts");
  scene.refusal = null;
  await scene.holds(READ);
  assertEquals(scene.errors, ["stalled"]);
});

Deno.test(
  "rules: those of one server hold on all servers of a cluster, new ones and those that come back",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls);
    const [first, second] = cluster.servers;
    const rulesOf = (folder: TempDir, name = RULE_FILE_NAME) =>
      folder.list().includes(name) ? Deno.readTextFileSync(folder.join(name)) : null;
    const areOnAll = (text: string, label = text) =>
      until(() => cluster.folders.every((folder) => rulesOf(folder) === text), label);
    cluster.folders[0]!.write(RULE_FILE_NAME, READ);
    await first!.server.reload();
    await areOnAll(READ);
    cluster.folders[1]!.write(RULE_FILE_NAME, NONE);
    await second!.server.reload();
    await areOnAll(NONE);
    // More than an entry of the log has room for
    const long = "/docs/** read members\n".repeat(45_000);
    cluster.folders[0]!.write(RULE_FILE_NAME, long);
    await first!.server.reload();
    await areOnAll(long, "long rules");
    // Not those of before: until a file has the last ones of the log, earlier ones are no change of an operator
    const [readAgain, noneAgain] = [`${READ}# again\n`, `${NONE}# again\n`];
    cluster.folders[1]!.write(RULE_FILE_NAME, readAgain);
    await second!.server.reload();
    await areOnAll(readAgain);
    cluster.folders[1]!.write(RULE_FILE_NAME, noneAgain);
    await second!.server.reload();
    await areOnAll(noneAgain);
    assertEquals(rulesOf(cluster.folders[0]!, "rules.old"), readAgain);
    using data = new TempDir();
    data.write(RULE_FILE_NAME, READ);
    {
      await using _third = await startClusterServer(nats.urls, { data });
      assertEquals([rulesOf(data), rulesOf(data, "rules.old")], [noneAgain, READ]);
    }
    await first!.server.reload();
    cluster.folders[0]!.write(RULE_FILE_NAME, MALFORMED);
    await first!.server.reload();
    assertEquals(rulesOf(cluster.folders[1]!), noneAgain);
    cluster.folders[0]!.write(RULE_FILE_NAME, "");
    await first!.server.reload();
    await areOnAll("");
    await using _third = await startClusterServer(nats.urls, { data });
    assertEquals(rulesOf(data), "");
  },
);
