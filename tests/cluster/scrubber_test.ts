import { assertEquals } from "@std/assert";
import { Scrubber, type ScrubberOptions } from "../../lib/cluster/scrubber.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { HeldFiles } from "../../lib/files/held_files.ts";
import { Holdings } from "../../lib/files/holdings.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { NEVER } from "../helpers/sending.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const AGE_MS = 1_000;
const NOW_MS = 10_000;

/** Files of a served folder that are held, with what a scrubber tells of them. Disposal removes them. */
class Scene implements Disposable {
  readonly root = new TempDir();
  readonly #database = openDatabase(IN_MEMORY);
  readonly held: HeldFiles;
  readonly hashed: string[] = [];
  readonly wrong: string[] = [];
  readonly right: string[] = [];
  readonly errors: string[] = [];
  nowMs = NOW_MS;

  private constructor(store: DirectoryStore, root: TempDir) {
    this.root = root;
    this.held = new HeldFiles(store, new Holdings(this.#database));
  }

  static async open(): Promise<Scene> {
    const root = new TempDir();
    return new Scene(await DirectoryStore.open(root.path), root);
  }

  /** Writes a file with the content of its path. @param content what the server takes it for */
  async hold(path: string, checkedMs = 0, content = path): Promise<void> {
    this.root.write(path, path);
    const { stamp } = (await this.held.lookAt(path))!;
    this.held.note(path, { stamp, sha256: sha256Of(content), checkedMs, isWrong: false });
  }

  scrubber(overrides: Partial<ScrubberOptions> = {}): Scrubber {
    return new Scrubber({
      held: this.held,
      ageMs: AGE_MS,
      hash: ({ realPath }) => {
        this.hashed.push(realPath.slice(this.root.path.length + 1));
        return Promise.resolve(sha256Of(Deno.readFileSync(realPath)));
      },
      isBusy: () => false,
      onWrong: ({ path }) => this.wrong.push(path),
      onRight: ({ path }) => this.right.push(path),
      onError: (error) => this.errors.push(String(error)),
      nowMs: () => this.nowMs,
      ...overrides,
    });
  }

  /** When a file was checked, and whether it was wrong. */
  stateOf(path: string): unknown[] {
    const { checkedMs, isWrong } = this.held.holdings.find(path)!;
    return [checkedMs, isWrong];
  }

  [Symbol.dispose](): void {
    this.#database.close();
    this.root[Symbol.dispose]();
  }
}

Deno.test("Scrubber: hashes what was checked longer ago than its age, the oldest first, and once", async () => {
  using scene = await Scene.open();
  const limitMs = NOW_MS - AGE_MS;
  await scene.hold("above", limitMs + 1);
  await scene.hold("at", limitMs);
  await scene.hold("below", limitMs - 1);
  await scene.hold("never");
  const scrubber = scene.scrubber();
  assertEquals(await scrubber.look(NEVER), true);
  assertEquals(scene.hashed, ["never", "below"]);
  assertEquals([scene.stateOf("never"), scene.stateOf("below")], [[NOW_MS, false], [
    NOW_MS,
    false,
  ]]);
  await scrubber.look(NEVER);
  assertEquals(scene.hashed.length, 2);
  scene.nowMs += 1;
  await scrubber.look(NEVER);
  assertEquals(scene.hashed.slice(2), ["at"]);
  assertEquals([scene.wrong, scene.right, scene.errors], [[], [], []]);
});

Deno.test("Scrubber: tells of a file whose bytes are wrong, once, and when they are right again", async () => {
  using scene = await Scene.open();
  await scene.hold("a", 0, "other bytes");
  await scene.hold("b");
  const scrubber = scene.scrubber();
  await scrubber.look(NEVER);
  assertEquals([scene.wrong, scene.stateOf("a")], [["a"], [NOW_MS, true]]);
  scene.nowMs += AGE_MS + 1;
  await scrubber.look(NEVER);
  assertEquals([scene.wrong, scene.right, scene.hashed.length], [["a"], [], 4]);
  scene.nowMs += AGE_MS + 1;
  await scene.scrubber({ hash: () => Promise.resolve(sha256Of("other bytes")) }).look(NEVER);
  assertEquals([scene.right, scene.stateOf("a")], [["a"], [scene.nowMs, false]]);
});

Deno.test("Scrubber: leaves a file alone that was written, before or while it is hashed", async () => {
  using scene = await Scene.open();
  await scene.hold("before");
  await scene.hold("while");
  await scene.hold("gone");
  scene.root.write("before", "changed since");
  Deno.removeSync(scene.root.join("gone"));
  await scene.scrubber({
    hash: () => {
      scene.root.write("while", "changed meanwhile");
      return Promise.resolve(sha256Of("changed meanwhile"));
    },
  }).look(NEVER);
  for (const path of ["before", "while", "gone"]) assertEquals(scene.stateOf(path), [0, false]);
  assertEquals([scene.wrong, scene.errors], [[], []]);
});

Deno.test("Scrubber: leaves a file alone that another one has taken the place of while it was hashed", async () => {
  using scene = await Scene.open();
  await scene.hold("a");
  await scene.scrubber({
    hash: () => {
      const holding = scene.held.holdings.find("a")!;
      const sha256 = sha256Of("another content");
      scene.held.note("a", { ...holding, sha256, checkedMs: NOW_MS + 1 });
      return Promise.resolve(sha256);
    },
  }).look(NEVER);
  assertEquals([scene.wrong, scene.stateOf("a")], [[], [NOW_MS + 1, false]]);
});

Deno.test("Scrubber: a file whose bytes the disk does not give is as one whose bytes are wrong", async () => {
  using scene = await Scene.open();
  await scene.hold("a");
  const hash = () => Promise.reject(new RequestError("internal", "Input/output error"));
  await scene.scrubber({ hash }).look(NEVER);
  assertEquals([scene.wrong, scene.stateOf("a")], [["a"], [NOW_MS, true]]);
});

Deno.test("Scrubber: what cannot be read for another reason is told, and holds up no other file", async () => {
  using scene = await Scene.open();
  await scene.hold("busy");
  await scene.hold("denied");
  await scene.hold("last", 1);
  const scrubber = scene.scrubber({
    hash: ({ realPath }) => {
      const code = (["busy", "denied"] as const).find((name) => realPath.endsWith(name));
      if (code !== undefined) return Promise.reject(new RequestError(code));
      return Promise.resolve(sha256Of("last"));
    },
  });
  await scrubber.look(NEVER);
  assertEquals([scene.stateOf("denied"), scene.stateOf("last")], [[0, false], [NOW_MS, false]]);
  assertEquals(scene.errors.length, 1);
  assertEquals(scene.errors[0]!.includes("Cannot check denied"), true);
});

Deno.test("Scrubber: what keeps a file from being checked is told once, until it was checked", async () => {
  using scene = await Scene.open();
  await scene.hold("a");
  let isDenied = true;
  const scrubber = scene.scrubber({
    hash: () =>
      isDenied ? Promise.reject(new RequestError("denied")) : Promise.resolve(sha256Of("a")),
  });
  for (const [denied, errors] of [[true, 1], [true, 1], [false, 1], [true, 2]] as const) {
    isDenied = denied;
    scene.nowMs += AGE_MS + 1;
    await scrubber.look(NEVER);
    assertEquals(scene.errors.length, errors);
  }
});

Deno.test("Scrubber: waits for other work before each file, and ends with its signal meanwhile", async () => {
  using scene = await Scene.open();
  await scene.hold("a");
  await scene.hold("b");
  const end = new AbortController();
  const scrubber = scene.scrubber({
    isBusy: () => {
      if (scene.hashed.length === 1) end.abort();
      return scene.hashed.length === 1;
    },
    hash: ({ realPath }) => {
      scene.hashed.push(realPath.slice(scene.root.path.length + 1));
      if (scene.hashed.length > 1) end.abort(); // It has not waited
      return Promise.resolve(sha256Of(Deno.readFileSync(realPath)));
    },
  });
  await scrubber.run(end.signal);
  assertEquals(scene.hashed, ["a"]);
});

Deno.test("Scrubber: a check of the future does not keep a file from being checked", async () => {
  using scene = await Scene.open();
  await scene.hold("a", NOW_MS + 1);
  await scene.hold("b", NOW_MS);
  await scene.scrubber().look(NEVER);
  assertEquals(scene.hashed, ["a"]);
});

Deno.test("Scrubber: hashes a file that was wrong each day, or sooner where all files are", async () => {
  const dayMs = 24 * 60 * 60 * 1_000;
  for (const [ageMs, againMs] of [[30 * dayMs, dayMs], [dayMs / 2, dayMs / 2]] as const) {
    using scene = await Scene.open();
    scene.nowMs = 100 * dayMs;
    await scene.hold("a", 0, "other bytes");
    await scene.hold("b", scene.nowMs);
    const scrubber = scene.scrubber({ ageMs });
    await scrubber.look(NEVER);
    scene.nowMs += againMs;
    await scrubber.look(NEVER);
    assertEquals(scene.hashed, ["a"]);
    scene.nowMs += 1;
    await scene.scrubber({ ageMs, hash: () => Promise.resolve(sha256Of("other bytes")) }).look(
      NEVER,
    );
    assertEquals(scene.right, ["a"]);
  }
});

Deno.test("Scrubber: hashes what is in doubt, and nothing else, where files are never hashed again", async () => {
  using scene = await Scene.open();
  await scene.hold("never");
  await scene.hold("long ago", 1);
  await scene.hold("in doubt", 1);
  scene.held.holdings.doubt(sha256Of("in doubt"));
  const scrubber = scene.scrubber({ ageMs: null });
  assertEquals(await scrubber.look(NEVER), true);
  assertEquals(scene.hashed, ["in doubt"]);
  await scrubber.look(NEVER);
  assertEquals(scene.hashed.length, 1);
});
