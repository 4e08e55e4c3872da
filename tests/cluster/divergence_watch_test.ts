import { assertEquals } from "@std/assert";
import type { Beat } from "../../lib/cluster/cluster.ts";
import { watchDivergence } from "../../lib/cluster/divergence_watch.ts";

const BEAT = {
  server: "bbbbbbbb",
  incarnation: "bbbbbbbb.1",
  host: "b",
  port: 1,
  fingerprint: null,
  clients: 0,
  freeBytes: null,
  checks: null,
  time: null,
  stop: null,
};

/** A server with the chains `c1`, `c2` … `applied`, and another one whose heartbeats it hears. */
class Scene {
  readonly found: number[] = [];
  applied = 3;
  hear: (beat: Beat) => void = () => {};
  readonly watch = watchDivergence(
    {
      onBeat: (listener) => {
        this.hear = listener;
        return { [Symbol.dispose]: () => this.hear = () => {} };
      },
    },
    this,
    (place) => this.found.push(place),
  );

  chainAt(place: number): string | null {
    return place >= 2 && place <= this.applied ? `c${place}` : null;
  }

  beat(applied: number, chain: string, server = BEAT.server): void {
    this.hear({ ...BEAT, server, applied, chain });
  }
}

Deno.test("watchDivergence: compares the chain of another server at its place", () => {
  const scene = new Scene();
  scene.beat(3, "c3");
  scene.beat(2, "c2");
  assertEquals(scene.found, []);
  scene.beat(2, "other");
  assertEquals(scene.found, [2]);
});

Deno.test("watchDivergence: finds nothing at a place that it does not know any more", () => {
  const scene = new Scene();
  scene.beat(1, "other");
  assertEquals(scene.found, []);
});

Deno.test("watchDivergence: compares a server that is ahead once it has come to its place", () => {
  const scene = new Scene();
  scene.beat(5, "other");
  scene.beat(9, "c9");
  assertEquals(scene.found, []);
  scene.applied = 6;
  scene.beat(3, "c3", "cccccccc");
  assertEquals(scene.found, [5]);
});

Deno.test("watchDivergence: hears nothing after disposal", () => {
  const scene = new Scene();
  scene.watch[Symbol.dispose]();
  scene.beat(3, "other");
  assertEquals(scene.found, []);
});
