import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import type { DownloadResult } from "../../lib/transfer/download_options.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { changedSteps } from "../helpers/changed_steps.ts";
import { isUnlocked } from "../helpers/is_unlocked.ts";
import { compressed, headOf, TestDownload } from "../helpers/protocol2_download.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { WatchedWorker } from "../helpers/workers.ts";

const HALF = new TextEncoder().encode("again and again ".repeat(10));
/** Compressible at the start, incompressible at the end. */
const CONTENT = new Uint8Array([...HALF, ...patternedBytes(60)]);
const SHA256 = sha256Of(CONTENT);
const OLD = patternedBytes(50, 2);

type Step =
  | { readonly kind: "FMET"; readonly offset: "0" | "requested" | "wrong"; readonly hash: Hash }
  | { readonly kind: "FEND"; readonly hash: "right" | "wrong" }
  | { readonly kind: "FAIL" | "abort" | "lost" | "wait" | "badZstd" | "badData" | "badSize" }
  | { readonly kind: "data" | "zstd"; readonly bytes: number };
type Hash = "none" | "right" | "wrong";

const head = fc.record({
  kind: fc.constant("FMET" as const),
  offset: fc.constantFrom("0" as const, "requested" as const),
  hash: fc.constantFrom("none" as const, "right" as const),
});

/** The steps of a correct server, which sends the file in pieces of any size, from 0 or the offset. */
const rightSteps: fc.Arbitrary<Step[]> = fc.tuple(
  head,
  fc.array(
    fc.tuple(fc.constantFrom("data" as const, "zstd" as const), fc.integer({ min: 1, max: 90 })),
  ),
).map(([head, pieces]): Step[] => [
  head,
  ...pieces.map(([kind, bytes]) => ({ kind, bytes })),
  { kind: "data", bytes: CONTENT.length },
  { kind: "FEND", hash: "right" },
]);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  head,
  fc.record({
    kind: fc.constant("FMET" as const),
    offset: fc.constantFrom("0" as const, "requested" as const, "wrong" as const),
    hash: fc.constantFrom("none" as const, "right" as const, "wrong" as const),
  }),
  fc.record({
    kind: fc.constant("FEND" as const),
    hash: fc.constantFrom("right" as const, "wrong" as const),
  }),
  fc.record({ kind: fc.constantFrom("data" as const, "zstd" as const), bytes: fc.nat(120) }),
  fc.constantFrom(
    ...["FAIL", "abort", "lost", "wait", "badZstd", "badData", "badSize"] as const,
  ).map((kind): Step => ({ kind })),
);

const steps = changedSteps(rightSteps, anyStep, { maxChanges: 2, maxSteps: 10 });

/** One download as driven by a connection, and the server's position in the file. */
class Run {
  readonly download: TestDownload;
  readonly #worker: WatchedWorker;
  #position = 0;
  #requestedOffset = 0;
  /** The server has sent FEND or FAIL. */
  isOver = false;
  resumedFrom = 0;

  constructor(worker: WatchedWorker, temp: TempDir, fixture: Fixture) {
    this.#worker = worker;
    if (fixture.exists) temp.write("a.bin", OLD);
    const { part } = fixture;
    if (part !== null) {
      const content = part.isRight ? CONTENT : patternedBytes(CONTENT.length, 3);
      temp.write(".tcp-chat/a.bin.part", content.subarray(0, part.bytes));
    }
    this.download = new TestDownload(worker, temp.path, {
      target: {
        ifTaken: fixture.replace ? "replace" : "number",
        keepBytes: part === null ? 0 : part.bytes,
      },
      sha256: fixture.wanted === "none" ? null : hashOf(fixture.wanted),
    });
  }

  async begin(): Promise<void> {
    this.#requestedOffset = await this.download.prepare() ?? 0;
  }

  /** Handles a step as a client does; `false` once the connection has ended. */
  async handle(step: Step): Promise<boolean> {
    if (step.kind === "abort") this.download.fail(new Error("aborted"));
    if (step.kind === "wait") await this.#worker.idle();
    if (this.isOver) return true;
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
    if (step.kind === "lost") download.fail(new Error("lost"));
    if (step.kind === "FAIL") {
      this.isOver = true;
      download.onFail(new RequestError("internal"));
    }
    if (step.kind === "FMET") this.#head(step.offset, step.hash, CONTENT.length);
    if (step.kind === "badSize") this.#head("0", "none", CONTENT.length - 1);
    if (["FEND", "data", "zstd", "badZstd", "badData"].includes(step.kind) && !download.hasBegun) {
      throw new ProtocolError("bad-sequence", "out of order");
    }
    if (step.kind === "FEND") {
      this.isOver = true;
      download.onEnd(hashOf(step.hash)); // Not awaited, as on a connection
    }
    if (step.kind === "badData") await download.onData(new Uint8Array(10));
    if (step.kind === "badZstd") await download.onZstd(new Uint8Array(10));
    if (step.kind === "data" || step.kind === "zstd") await this.#send(step.kind, step.bytes);
  }

  #head(from: "0" | "requested" | "wrong", hash: Hash, size: number): void {
    if (this.download.hasBegun) throw new ProtocolError("bad-sequence", "out of order");
    const offset =
      { "0": 0, "requested": this.#requestedOffset, "wrong": this.#requestedOffset + 1 }[from];
    const sha256 = hash === "none" ? null : hashOf(hash);
    this.download.onHead(headOf(CONTENT, { offset, sha256, size }));
    this.#position = this.resumedFrom = offset;
  }

  async #send(kind: "data" | "zstd", bytes: number): Promise<void> {
    const piece = CONTENT.slice(this.#position, this.#position + bytes);
    this.#position += piece.length;
    const canShrink = kind === "zstd" && piece.length > 60 && this.#position <= HALF.length;
    if (canShrink) await this.download.onZstd(compressed(piece));
    else await this.download.onData(piece);
  }
}

function hashOf(hash: "right" | "wrong"): string {
  return hash === "right" ? SHA256 : sha256Of("another file");
}

const fixture = fc.record({
  steps,
  replace: fc.boolean(),
  exists: fc.boolean(),
  wanted: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("none" as const, "right" as const) },
    { weight: 1, arbitrary: fc.constant("wrong" as const) },
  ),
  part: fc.option(
    fc.record({ bytes: fc.integer({ min: 1, max: CONTENT.length }), isRight: fc.boolean() }),
    { nil: null },
  ),
});
type Fixture = typeof fixture extends fc.Arbitrary<infer S> ? S : never;

Deno.test("Protocol2Download: whatever happens, settles once, and the file is absent or correct", async () => {
  using worker = new WatchedWorker();
  let finished = 0;
  let resumed = 0;
  await fc.assert(
    fc.asyncProperty(fixture, async (fixture) => {
      using temp = new TempDir();
      const run = new Run(worker, temp, fixture);
      await run.begin();
      for (const step of fixture.steps) if (!await run.handle(step)) break;
      const { download } = run;
      if (!run.isOver) download.fail(new Error("the connection ended"));
      const result: DownloadResult | null = await download.result.catch(() => null);
      await worker.idle();
      assertEquals(download.outcomes.length, 1);
      assert(download.cancelled <= 1);

      const expectedName = fixture.exists && !fixture.replace ? "a (1).bin" : "a.bin";
      if (result !== null) {
        finished++;
        if (result.resumedFrom > 0) resumed++;
        assertEquals(result.file, temp.join(expectedName));
        assertEquals(result.resumedFrom, run.resumedFrom);
        assertEquals([result.sha256, result.sizeBytes], [SHA256, CONTENT.length]);
        assert(fixture.wanted !== "wrong");
        assertEquals(temp.list().filter((name) => name.includes(".part")), []);
        assertEquals(download.progress.at(-1), [CONTENT.length, CONTENT.length]);
        assert(temp.list().includes(expectedName));
      }
      for (const name of temp.list()) {
        if (name.startsWith(".tcp-chat/a.bin.part")) continue;
        const sha256 = sha256Of(Deno.readFileSync(temp.join(name)));
        const isOld = fixture.exists && name === "a.bin" && sha256 === sha256Of(OLD);
        assert(isOld || (name === expectedName && sha256 === SHA256), name);
      }
      if (fixture.exists && !fixture.replace) assert(temp.list().includes("a.bin"));
      assert(isUnlocked(temp.join(".tcp-chat/a.bin.part")), "the part is still open");
    }),
    { numRuns: 400 },
  );
  assert(finished > 20 && resumed > 5, `only ${finished} succeeded, ${resumed} resumed`);
});
