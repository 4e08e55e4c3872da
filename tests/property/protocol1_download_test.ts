import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { changedSteps } from "../helpers/changed_steps.ts";
import { isUnlocked } from "../helpers/is_unlocked.ts";
import {
  controlFrame,
  hashFrame,
  metadataFrame,
  TestProtocol1Download,
} from "../helpers/protocol1_download.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker } from "../helpers/workers.ts";

const CONTENT = patternedBytes(100);
const OLD = patternedBytes(50, 2);

type Step =
  | { readonly kind: "FROK" | "FMTA" | "FHSH" | "FERR" | "abort" | "lost" | "wait" }
  | { readonly kind: "badSize" | "badName" | "badHash" | "shortHash" | "badData" }
  | { readonly kind: "data"; readonly bytes: number };

/** The steps of a correct server, which sends the file in pieces of any size. */
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

const steps = changedSteps(rightSteps, anyStep, { maxChanges: 3, maxSteps: 12 });

/** One download, and the server's position in the file. */
class Run {
  readonly controller = new AbortController();
  readonly download: TestProtocol1Download;
  #sentBytes = 0;

  constructor(readonly worker: TestWorker, directory: string, replace: boolean) {
    this.download = new TestProtocol1Download(worker, directory, {
      replace,
      signal: this.controller.signal,
    });
  }

  /** Handles a step as a client does; `false` once the connection has ended. */
  async handle(step: Step): Promise<boolean> {
    if (this.download.isOver && step.kind !== "abort" && step.kind !== "wait") return true;
    try {
      await this.#handle(step);
    } catch (error) {
      assert(error instanceof ProtocolError, String(error));
      this.download.fail(error);
      return false;
    }
    return step.kind !== "lost";
  }

  async #handle(step: Step): Promise<void> {
    const { download } = this;
    if (step.kind === "FROK") download.onFrame(controlFrame("FROK"));
    if (step.kind === "FMTA") download.onFrame(metadataFrame("a.bin", CONTENT.length));
    if (step.kind === "FHSH") download.onFrame(hashFrame(CONTENT));
    if (step.kind === "FERR") download.onFrame(controlFrame("FERR", "Something broke"));
    if (step.kind === "badSize") download.onFrame(metadataFrame("a.bin", CONTENT.length - 1));
    if (step.kind === "badName") download.onFrame(metadataFrame("../a.bin", CONTENT.length));
    if (step.kind === "badHash") download.onFrame(hashFrame(OLD.subarray(1)));
    if (step.kind === "shortHash") download.onFrame(controlFrame("FHSH", "short"));
    if (step.kind === "abort") this.controller.abort(new Error("aborted"));
    if (step.kind === "lost") download.fail(new Error("lost"));
    if (step.kind === "wait") await this.worker.call("hashSlice", [0]).catch(() => {});
    if (step.kind === "badData") await download.send(new Uint8Array(10));
    if (step.kind === "data") {
      const start = this.#sentBytes;
      this.#sentBytes += step.bytes;
      const bytes = CONTENT.subarray(start, this.#sentBytes);
      await download.send(bytes.length === step.bytes ? bytes : new Uint8Array(step.bytes));
    }
  }
}

Deno.test("Protocol1Download: whatever a server sends, the file is absent or correct", async () => {
  using worker = new TestWorker();
  const fixture = fc.record({ steps, replace: fc.boolean(), exists: fc.boolean() });
  let finished = 0;
  await fc.assert(
    fc.asyncProperty(fixture, async ({ steps, replace, exists }) => {
      using temp = new TempDir();
      if (exists) temp.write("a.bin", OLD);
      const run = new Run(worker, temp.path, replace);
      for (const step of steps) if (!await run.handle(step)) break;
      if (!run.download.isOver) run.download.fail(new Error("the connection ended"));
      const result = await run.download.result.catch(() => null);
      await worker.call("hashSlice", [0]).catch(() => {}); // Waits for all calls before

      const expectedName = exists && !replace ? "a (1).bin" : "a.bin";
      if (result !== null) {
        finished++;
        assertEquals(result.file, temp.join(expectedName));
        assertEquals(sha256Of(Deno.readFileSync(result.file)), sha256Of(CONTENT));
      }
      for (const name of temp.list()) {
        if (name === ".tcp-chat/a.bin.part") continue;
        const sha256 = sha256Of(Deno.readFileSync(temp.join(name)));
        const isOld = exists && name === "a.bin" && sha256 === sha256Of(OLD);
        assert(isOld || (name === expectedName && sha256 === sha256Of(CONTENT)), name);
      }
      if (exists && !replace) assert(temp.list().includes("a.bin"));
      assert(isUnlocked(temp.join(".tcp-chat/a.bin.part")), "the part is still open");
    }),
    { numRuns: 400 },
  );
  assert(finished > 20, `only ${finished} downloads succeeded`);
});
