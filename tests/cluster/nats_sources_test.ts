import { assert, assertEquals } from "@std/assert";
import { importsOf, readSource, sourcesBelow } from "../helpers/source_files.ts";

const SOURCES = [...sourcesBelow("lib")];
const ENTRIES = ["server.ts", "client.ts", "mod.ts"].map(readSource);

Deno.test("lib: only cluster/nats_*.ts know NATS, and publish nothing conditional", () => {
  const isNats = (path: string) => /^lib\/cluster\/nats_\w+\.ts$/.test(path);
  const knowing = [...SOURCES, ...ENTRIES].filter((source) =>
    importsOf(source).some((specifier) => specifier.startsWith("@nats-io/"))
  );
  assert(knowing.length > 1);
  assertEquals(knowing.filter(({ path }) => !isNats(path)).map(({ path }) => path), []);
  // Replicas of a stream differ after a partition if they have to decide whether they store a message
  const conditional = /\b(?:msgID|expect|Kvm|Objm|Nats-Msg-Id|Nats-Expected[\w-]*|Nats-Rollup)\b/;
  const deciding = SOURCES.filter(({ path, text }) => isNats(path) && conditional.test(text));
  assertEquals(deciding.map(({ path }) => path), []);
});

Deno.test("lib: the engine of NATS is imported only where a server joins a cluster", () => {
  const takesEngine = SOURCES.filter(({ path, text }) =>
    !path.startsWith("lib/cluster/nats_") &&
    /^(?:import (?!type\b)|\} from )[^;]*"[^"]*\/nats_\w+\.ts"/m.test(text)
  );
  assertEquals(takesEngine.map(({ path }) => path), []);
});
