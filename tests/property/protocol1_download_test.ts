import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { controlFrame, hashFrame, Incoming, metadataFrame } from "../helpers/protocol1_download.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker } from "../helpers/workers.ts";

const CONTENT = patternedBytes(100);
const OLD = patternedBytes(50, 2);

type Step =
  | { readonly kind: "FROK" | "FMTA" | "FHSH" | "FERR" | "abort" | "lost" | "wait" }
  | { readonly kind: "badSize" | "badName" | "badHash" | "shortHash" | "badData" }
  | { readonly kind: "data"; readonly bytes: number };

/** What a server does that sends the file, in pieces of any size. */
const rightSteps: fc.Arbitrary<Step[]> = fc.array(fc.integer({ min: 1, max: 60 })).map((sizes) => {
  const steps: Step[] = [{ kind: "FROK" }, { kind: "FMTA" }, { kind: "FHSH" }];
  let left = CONTENT.length;
  for (const size of [...sizes, left]) {
    const bytes = Math.min(size, left);
    if (bytes > 0) steps.push({ kind: "data", bytes });
    left -= bytes;
  }
  return steps;
});

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("FROK", "FMTA", "FHSH").map((kind): Step => ({ kind })),
  },
  { weight: 3, arbitrary: fc.nat(120).map((bytes): Step => ({ kind: "data", bytes })) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...["FERR", "abort", "lost", "wait", "badSize", "badName", "badHash", "shortHash"] as const,
      "badData" as const,
    ).map((kind): Step => ({ kind })),
  },
);

/** The right steps, with others put in or taken out anywhere; or any steps at all. */
const steps: fc.Arbitrary<Step[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(
      rightSteps,
      fc.array(fc.tuple(fc.nat(8), fc.nat(1), fc.option(anyStep, { nil: null })), { maxLength: 3 }),
    ).map(([right, changes]) => {
      const changed = [...right];
      for (const [place, removed, step] of changes) {
        changed.splice(place, removed, ...(step === null ? [] : [step]));
      }
      return changed;
    }),
  },
  { weight: 1, arbitrary: fc.array(anyStep, { maxLength: 12 }) },
);

/** One download, and where in the file the server is. */
class Run {
  readonly controller = new AbortController();
  readonly incoming: Incoming;
  #sentBytes = 0;

  constructor(readonly worker: TestWorker, directory: string, replace: boolean) {
    this.incoming = new Incoming(worker, directory, { replace, signal: this.controller.signal });
  }

  /** Does what a client does with what comes: `false` once the connection is over. */
  async take(step: Step): Promise<boolean> {
    if (this.incoming.isOver && step.kind !== "abort" && step.kind !== "wait") return true;
    try {
      await this.#take(step);
    } catch (error) {
      assert(error instanceof ProtocolError, String(error));
      this.incoming.fail(error);
      return false;
    }
    return step.kind !== "lost";
  }

  async #take(step: Step): Promise<void> {
    const { incoming } = this;
    if (step.kind === "FROK") incoming.onFrame(controlFrame("FROK"));
    if (step.kind === "FMTA") incoming.onFrame(metadataFrame("a.bin", CONTENT.length));
    if (step.kind === "FHSH") incoming.onFrame(hashFrame(CONTENT));
    if (step.kind === "FERR") incoming.onFrame(controlFrame("FERR", "Something broke"));
    if (step.kind === "badSize") incoming.onFrame(metadataFrame("a.bin", CONTENT.length - 1));
    if (step.kind === "badName") incoming.onFrame(metadataFrame("../a.bin", CONTENT.length));
    if (step.kind === "badHash") incoming.onFrame(hashFrame(OLD.subarray(1)));
    if (step.kind === "shortHash") incoming.onFrame(controlFrame("FHSH", "short"));
    if (step.kind === "abort") this.controller.abort(new Error("aborted"));
    if (step.kind === "lost") incoming.fail(new Error("lost"));
    if (step.kind === "wait") await this.worker.call("hashSlice", [0]).catch(() => {});
    if (step.kind === "badData") await incoming.send(new Uint8Array(10));
    if (step.kind === "data") {
      const start = this.#sentBytes;
      this.#sentBytes += step.bytes;
      const bytes = CONTENT.subarray(start, this.#sentBytes);
      await incoming.send(bytes.length === step.bytes ? bytes : new Uint8Array(step.bytes));
    }
  }
}

/** Whether nobody has a part open any more. */
function isFree(path: string): boolean {
  try {
    using file = Deno.openSync(path, { write: true });
    return file.tryLockSync(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

Deno.test("whatever a server sends and wherever it ends, the file is absent or right", async () => {
  using worker = new TestWorker();
  const fixture = fc.record({ steps, replace: fc.boolean(), isThere: fc.boolean() });
  let finished = 0;
  await fc.assert(
    fc.asyncProperty(fixture, async ({ steps, replace, isThere }) => {
      using temp = new TempDir();
      if (isThere) temp.write("a.bin", OLD);
      const run = new Run(worker, temp.path, replace);
      for (const step of steps) if (!await run.take(step)) break;
      if (!run.incoming.isOver) run.incoming.fail(new Error("the connection ended"));
      const result = await run.incoming.result.catch(() => null);
      await worker.call("hashSlice", [0]).catch(() => {}); // Everything before it is done

      const expectedName = isThere && !replace ? "a (1).bin" : "a.bin";
      if (result !== null) {
        finished++;
        assertEquals(result.file, temp.join(expectedName));
        assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
      }
      for (const name of temp.list()) {
        if (name === "a.bin.part") continue;
        const sha256 = sha256Of(Deno.readFileSync(temp.join(name)));
        const isOld = isThere && name === "a.bin" && sha256 === sha256Of(OLD);
        assert(isOld || (name === expectedName && sha256 === sha256Of(CONTENT)), name);
      }
      if (isThere && !replace) assert(temp.list().includes("a.bin"));
      assert(isFree(temp.join("a.bin.part")), "the part is still open");
    }),
    { numRuns: 400 },
  );
  assert(finished > 20, `only ${finished} downloads came to their end`);
});
