/// <reference lib="dom" />
import { computed, signal } from "@preact/signals-core";
import type { FolderModel, FolderRow, SortKey } from "../../../lib/page/model/page_model.ts";
import { lastComponent } from "../../../lib/protocol/path.ts";
import { RequestError } from "../../../lib/protocol/errors.ts";
import type { Scene } from "./mock_model.ts";
import { NOW } from "./mock_talk.ts";

const HASH = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
const HOUR = 3_600_000;

type Entry = readonly [name: string, size: number | null, hoursAgo: number];

const USUAL: readonly Entry[] = [
  ["lobby", null, 2],
  ["music", null, 900],
  ["photos", null, 30],
  ["plans", null, 28],
  ["school", null, 2100],
  ["camera-test.mov", 1_288_490_188, 51],
  ["debian-13.2.0-amd64-netinst.iso", 784_334_848, 340],
  ["family-tree.svg", 184_320, 5200],
  ["invoice-2026-11.pdf", 91_204, 3],
  ["novel-draft-7.odt", 1_204_224, 0.4],
  ["README.md", 2_418, 8000],
  ["recipes.txt", 12_288, 1],
  ["sunday-lake.zip", 734_003_200, 1.4],
  ["taxes.ods", 48_128, 700],
  ["wallpaper-4k.png", 9_437_184, 96],
];

const HOSTILE: readonly Entry[] = [
  ["<img src=x onerror=alert(1)>", null, 1],
  ["مجلد الصور", null, 1],
  ["A name that is much longer than any column could ever show it, ".repeat(3) + ".tar.gz", 7, 1],
  ["gpj.\u202etxt.exe", 12, 1],
  ["مستند طويل (2026).pdf", 999_999, 1],
  ["﷽".repeat(20), 0, 1],
  ["emoji 👩‍👩‍👧‍👦 🇧🇷.png", 123_456, 1],
  ["   blanks   .txt", 1, 1],
];

function rowsOf(scene: NonNullable<Scene["folder"]>, folder: string): FolderRow[] {
  if (scene === "huge") {
    return Array.from(
      { length: 100_000 },
      (_, i) => row(folder, [`IMG_${String(i).padStart(6, "0")}.jpg`, 2_000_000 + i * 37, i / 60]),
    );
  }
  if (scene === "empty" || scene === "failed" || scene === "loading") return [];
  return (scene === "hostile" ? HOSTILE : USUAL).map((each) => row(folder, each));
}

function row(folder: string, [name, size, hoursAgo]: Entry): FolderRow {
  const path = folder === "" ? name : `${folder}/${name}`;
  const kind = size === null ? "folder" : "file";
  return { name, path, kind, size, modified: NOW - hoursAgo * HOUR };
}

/** A folder in memory. */
export function makeFolder(scene: NonNullable<Scene["folder"]>): FolderModel {
  const path = signal(scene === "hostile" ? "photos/مجلد/a very long folder name indeed" : "");
  const all = signal(rowsOf(scene, path.value));
  const sort = signal<{ key: SortKey; descending: boolean }>({ key: "name", descending: false });
  const filter = signal("");
  const state = signal<FolderModel["state"]["value"]>(
    scene === "failed"
      ? { kind: "failed", error: "Permission denied" }
      : { kind: scene === "loading" ? "loading" : "ready" },
  );
  const rows = computed(() => {
    const { key, descending } = sort.value;
    const shown = all.value.filter(({ name }) => name.toLowerCase().includes(filter.value));
    if (key === "name" && !descending) return shown;
    const of = (each: FolderRow) => each[key] ?? -1;
    const sorted = shown.toSorted((a, b) => of(a) < of(b) ? -1 : 1);
    return descending ? sorted.reverse() : sorted;
  });
  return {
    path,
    rows,
    total: computed(() => all.value.length),
    omitted: signal(scene === "hostile" ? 2 : 0),
    state,
    sort,
    filter,
    canWrite: signal(scene !== "read-only"),
    canChange: signal(scene !== "read-only"),
    canShare: signal(scene !== "read-only"),
    open: (folder) => {
      if (scene === "usual") all.value = rowsOf(scene, path.value = folder);
      return Promise.resolve();
    },
    refresh: () => Promise.resolve(),
    sortBy: (key) => {
      const { value } = sort;
      sort.value = { key, descending: value.key === key && !value.descending };
    },
    setFilter: (text) => filter.value = text.toLowerCase(),
    change: (type, fields) => {
      const name = lastComponent(String(fields.path));
      if (type === "DELE") return Promise.reject(new RequestError("denied"));
      if (type === "MKDR" && name === "photos") return Promise.reject(new RequestError("exists"));
      if (type === "MKDR") all.value = [row(path.value, [name, null, 0]), ...all.value];
      return Promise.resolve({});
    },
    sha256: () => Promise.resolve(HASH),
    link: (file) => Promise.resolve(`http://192.168.0.10:5555/files/${file}`),
  };
}
