/// <reference lib="dom" />
import { computed, signal } from "@preact/signals-core";
import type {
  Transfer,
  TransfersModel,
  TransferState,
} from "../../../lib/page/model/page_model.ts";
import { RequestError } from "../../../lib/protocol/errors.ts";
import type { Scene } from "./mock_model.ts";

const HASH = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

type Row = readonly [
  direction: Transfer["direction"],
  path: string,
  size: number,
  state: TransferState,
  part: number,
];

const USUAL: readonly Row[] = [
  ["upload", "plans/2026/ground-floor.pdf", 48_234_112, "waiting", 0],
  ["upload", "plans/2026/scans.tar", 3_221_225_472, "moving", 0.42],
  ["download", "lobby/sunday-lake.zip", 734_003_200, "checking", 1],
  ["download", "invoice-2026-11.pdf", 91_204, "verified", 1],
  ["upload", "recipes.txt", 12_288, "verified", 1],
];

const HOSTILE: readonly Row[] = [
  ["upload", "photos/" + "a name without any end ".repeat(9) + ".raw", 5e9, "exists", 0],
  ["upload", "photos/مستند طويل (2026).pdf", 1e6, "needs-file", 0.3],
  ["download", "backup/disk.img", 64e9, "offline", 0.71],
  ["download", "backup/old.img", 12e9, "paused", 0.1],
  ["download", "backup/broken.img", 12e9, "failed", 0.9],
  ["download", "films/lake.mov", 12e9, "unchecked", 1],
  ["upload", "<img src=x onerror=alert(1)>", 0, "moving", 0],
  ["upload", "empty.txt", 0, "verified", 1],
];

function rowsOf(scene: NonNullable<Scene["transfers"]>): readonly Row[] {
  if (scene === "empty") return [];
  if (scene === "usual") return USUAL;
  if (scene === "hostile") return HOSTILE;
  const state = (i: number) => i < 9 ? "verified" : i < 11 ? "moving" : "waiting";
  return Array.from(
    { length: 2000 },
    (_, i): Row => ["upload", `photos/IMG_${i}.jpg`, 3e6, state(i), i < 9 ? 1 : i < 11 ? 0.5 : 0],
  );
}

function transfer([direction, path, size, state, part]: Row, index: number): Transfer {
  return {
    id: `t${index}`,
    direction,
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    size,
    state: signal(state),
    done: signal(Math.round(size * part)),
    resumedAt: signal(state === "moving" && size > 1e9 ? 306_536_051 : 0),
    speed: signal(state === "moving" && size > 0 ? 112_400_000 : 0),
    sha256: signal(state === "verified" ? HASH : null),
    error: signal(state === "failed" ? new RequestError("no-space") : null),
  };
}

const ACTIVE: readonly TransferState[] = ["waiting", "moving", "checking", "offline"];

/** Transfers in memory, which do not move. */
export function makeTransfers(scene: NonNullable<Scene["transfers"]>): TransfersModel {
  const list = signal<readonly Transfer[]>(rowsOf(scene).map(transfer));
  const drop = (id: string) => list.value = list.value.filter((each) => each.id !== id);
  const summary = computed(() => {
    const active = list.value.filter(({ state }) => ACTIVE.includes(state.value));
    const count = (wanted: TransferState) =>
      list.value.filter(({ state }) => state.value === wanted).length;
    const sum = (of: (each: Transfer) => number) => active.reduce((all, each) => all + of(each), 0);
    return {
      active: active.length,
      done: count("verified"),
      failed: count("failed"),
      size: sum(({ size }) => size),
      moved: sum(({ done }) => done.value),
      speed: sum(({ speed }) => speed.value),
    };
  });
  const add = (row: Row) => list.value = [transfer(row, list.value.length + 1000), ...list.value];
  return {
    list,
    summary,
    canGetFolder: true,
    sendFiles: (files, folder) => {
      for (const { name, size } of files) {
        add(["upload", folder === "" ? name : `${folder}/${name}`, size, "waiting", 0]);
      }
    },
    sendDropped: () => Promise.resolve(),
    get: (path, size) => add(["download", path, size, "waiting", 0]),
    getAll: (rows) => {
      for (const { path, size } of rows) add(["download", path, size ?? 0, "waiting", 0]);
      return Promise.resolve();
    },
    pause: () => {},
    resume: () => {},
    retry: () => {},
    cancel: drop,
    giveFile: () => Promise.resolve(),
    answerConflict: drop,
    clearFinished: () => {
      list.value = list.value.filter(({ state }) => state.value !== "verified");
    },
    checkFile: (_file, path) =>
      Promise.resolve({
        sha256: HASH,
        path,
        isRight: path === null ? null : true,
        sameSize: 3,
        compared: 3,
      }),
  };
}
