import { assertEquals } from "@std/assert";
import { moveEntries } from "../../lib/client/change_paths.ts";
import type { Client } from "../../lib/client/client.ts";
import { RequestError } from "../../lib/protocol/errors.ts";

/** A server of which a client sees what MOVE and STAT tell, and whether it ignores letter case. */
class FileNames {
  readonly #versions = new Map<string, string>();
  readonly #ignoresCase: boolean;

  constructor(paths: readonly string[], ignoresCase: boolean) {
    this.#ignoresCase = ignoresCase;
    for (const path of paths) this.#versions.set(this.#key(path), path);
  }

  get contents(): Record<string, string> {
    return Object.fromEntries(this.#versions);
  }

  get client(): Client {
    const move = (from: string, to: string) => {
      const version = this.#find(from);
      this.#versions.delete(this.#key(from));
      this.#versions.set(this.#key(to), version);
      return Promise.resolve();
    };
    const stat = async (path: string) => ({ version: await Promise.resolve(this.#find(path)) });
    return { move, stat } as unknown as Client;
  }

  #find(path: string): string {
    const version = this.#versions.get(this.#key(path));
    if (version === undefined) throw new RequestError("not-found");
    return version;
  }

  #key(path: string): string {
    return this.#ignoresCase ? path.toLowerCase() : path;
  }
}

const MOVES = [{ path: "a/x", to: "c/x" }, { path: "b/X", to: "c/X" }];

async function moved(ignoresCase: boolean) {
  const names = new FileNames(["a/x", "b/X", "c/x"], ignoresCase);
  const signal = new AbortController().signal;
  const outcomes = await Array.fromAsync(
    moveEntries(names.client, MOVES, { replace: true, signal }),
  );
  const reasons = outcomes.map((outcome) =>
    "error" in outcome ? (outcome.error as RequestError).reason : "moved"
  );
  return { reasons, contents: names.contents };
}

Deno.test("moveEntries: replaces nothing of its own where the server ignores letter case", async () => {
  const { reasons, contents } = await moved(true);
  assertEquals(reasons, ["moved", "same-command"]);
  assertEquals(contents, { "c/x": "a/x", "b/x": "b/X" });
});

Deno.test("moveEntries: moves both of two names that differ in letter case where the server tells them apart", async () => {
  const { reasons, contents } = await moved(false);
  assertEquals(reasons, ["moved", "moved"]);
  assertEquals(contents, { "c/x": "a/x", "c/X": "b/X" });
});
