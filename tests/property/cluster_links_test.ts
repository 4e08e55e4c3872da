import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LinkStore } from "../../lib/accounts/link_store.ts";
import { linkOf, LINKS } from "../helpers/link_entries.ts";
import { anyServer, LogServers, troubled } from "../helpers/log_servers.ts";

const [TO_FETCH, TO_FILL] = LINKS;
const COUNT = 3;
const SIZE = 10;

/** A client of a server takes a claim of one link, or uploads a file by another. */
type Use =
  | { readonly kind: "claim"; readonly server: number; readonly claim: string }
  | { readonly kind: "put"; readonly server: number; readonly size: number };

const steps = troubled<Use>(fc.oneof(
  fc.record({
    kind: fc.constant("claim" as const),
    server: anyServer,
    claim: fc.constantFrom("one", "two", "three", "four", "five"),
  }),
  fc.record({
    kind: fc.constant("put" as const),
    server: anyServer,
    size: fc.integer({ min: 1, max: 4 }),
  }),
));

/** What clients were allowed, as their servers have told them. */
class Uses {
  readonly claims = new Set<string>();
  readonly files = new Map<string, number>();
  #puts = 0;

  constructor(readonly servers: LogServers) {}

  take(use: Use): void {
    const log = this.servers.logOf(use.server);
    if (use.kind === "claim") {
      const { claim } = use;
      log.append({ kind: "claim", link: TO_FETCH, claim })
        .then(() => this.claims.add(claim), () => {});
      return;
    }
    const path = `inbox/${this.#puts++}`;
    const rest = { mtime: 0, sha256: "1".repeat(64), exec: false, replace: false, former: null };
    log.append({ kind: "put", path, size: use.size, ...rest, link: TO_FILL })
      .then(() => this.files.set(path, use.size), () => {});
  }
}

function sumOf(sizes: Iterable<number>): number {
  return Iterator.from(sizes).reduce((sum, size) => sum + size, 0);
}

Deno.test("LogLinkKeeper: servers that are cut off, killed and declared gone give together what links have, and count all of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), steps, async (seed, taken) => {
      await using servers = new LogServers(seed);
      const lifeMs = 24 * 60 * 60 * 1_000;
      await servers.logOf(0).append(linkOf(TO_FETCH, { count: COUNT, lifeMs }));
      const toFill = { use: "put", count: null, sizeBytes: SIZE, lifeMs } as const;
      await servers.logOf(0).append(linkOf(TO_FILL, toFill));
      const uses = new Uses(servers);
      for (const step of taken) {
        if (step.kind === "claim" || step.kind === "put") uses.take(step);
        else await servers.trouble(step);
      }
      await servers.settle();
      const [first, ...others] = servers.replicas;
      for (const other of others) assertEquals(other.rows(), first!.rows());
      const { database } = first!;
      const links = new LinkStore(database);
      const claims = database.prepare("SELECT claim FROM link_claims").all()
        .map(({ claim }) => String(claim));
      const left = links.find(TO_FETCH)!.left!;
      assertEquals([left >= 0, claims.length], [true, COUNT - left]);
      assert(uses.claims.isSubsetOf(new Set(claims)));
      const sizes = database.prepare("SELECT size FROM catalogue WHERE sha256 IS NOT NULL").all()
        .map(({ size }) => Number(size));
      const bytesLeft = links.find(TO_FILL)!.bytesLeft!;
      assertEquals(sumOf(sizes), SIZE - bytesLeft);
      assert(bytesLeft >= 0 && sumOf(uses.files.values()) <= sumOf(sizes));
    }),
    { numRuns: 60 },
  );
});
