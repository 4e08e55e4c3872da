import { join, relative, SEPARATOR } from "../../files/path.ts";
import type { TransferAllResult } from "../../client/batch.ts";
import type { TransferPlan } from "../../client/transfer_plan.ts";
import type { RemoteItem } from "../../client/remote_paths.ts";
import { ExcludeRules } from "../../files/exclude_rules.ts";
import { type ExtraFiles, findExtraFiles, removeExtraFiles } from "../../files/extra_files.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { pathIn } from "../../protocol/path.ts";
import { cleanLine } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { MirrorRefusal, MirrorReport } from "./mirror_report.ts";

/** What `get --delete` does beyond `get`. */
export interface MirrorChoice {
  /** Files to delete at the most; `null` for the usual limits. */
  readonly maxDelete: number | null;
  /** Asks whether to delete; `null` where no answer can come. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
  /** Whether to delete without a question. */
  readonly isSettled: boolean;
  /** What `--sums` and `--exclude-from` name, which is kept where it lies in the folder. */
  readonly kept: readonly string[];
}

/** Where and how a mirror deletes. */
export interface MirrorOptions {
  readonly directory: string;
  readonly exclude: readonly string[];
  readonly mirror: MirrorChoice;
  readonly locale: Locale;
  readonly signal: AbortSignal;
}

const TEXTS = {
  oneFolder: {
    en: "--delete takes exactly one folder, and no pattern",
    "pt-BR": "--delete aceita exatamente uma pasta, e nenhum padrão",
  },
  notWhole: {
    en: "Nothing was deleted: not all is here",
    "pt-BR": "Nada foi apagado: nem tudo está aqui",
  },
  tooMany: {
    en: "Nothing was deleted: {count|# file is|# files are} not on the server, of {total} here; " +
      "--max-delete {count} allows it",
    "pt-BR": "Nada foi apagado: {count|# arquivo não está|# arquivos não estão} no servidor, de " +
      "{total} aqui; --max-delete {count} permite",
  },
  unasked: {
    en: "Nothing was deleted: {count|# file is|# files are} not on the server; --yes deletes " +
      "without a question",
    "pt-BR": "Nada foi apagado: {count|# arquivo não está|# arquivos não estão} no servidor; " +
      "--yes apaga sem perguntar",
  },
  refused: { en: "Nothing was deleted", "pt-BR": "Nada foi apagado" },
  link: {
    en: "Nothing was deleted: {folder} is a link",
    "pt-BR": "Nada foi apagado: {folder} é um link",
  },
  question: {
    en: "Delete {count|# file|# files} here that the server does not have, such as {path}? [y/N] ",
    "pt-BR":
      "Apagar {count|# arquivo|# arquivos} daqui que o servidor não tem, como {path}? [s/N] ",
  },
} as const satisfies Record<string, Text>;

/** Checks that the paths of `get --delete` stand for one folder. @throws {UsageError} */
export function checkMirrored(found: readonly RemoteItem[], { fill }: Locale): void {
  const [top] = found;
  const isOne = top?.type === "folder" &&
    found.every(({ path }) => path === top.path || path.startsWith(`${top.path}/`));
  if (found.length > 0 && !isOne) throw new UsageError(fill(TEXTS.oneFolder));
}

/** A plan with the files here that a mirror would delete, and why it would not; `null` if it would. */
export async function planMirror(
  plan: TransferPlan,
  found: readonly RemoteItem[],
  options: MirrorOptions,
): Promise<{ readonly plan: TransferPlan; readonly refusal: MirrorRefusal | null }> {
  const { locale: { fill }, mirror } = options;
  const [top] = found;
  const isWhole = plan.failures.length === 0 && plan.omitted.count === 0 && top !== undefined;
  if (!isWhole) return { plan, refusal: { reason: "not-whole", text: fill(TEXTS.notWhole) } };
  const extra = await findExtras(found, options);
  if (extra === null) return { plan, refusal: null };
  const deleted = extra.files.map(({ inFolder }) => ({
    action: "delete" as const,
    path: pathIn(top.path, inFolder),
    file: join(options.directory, top.localPath, inFolder),
    type: "file" as const,
    sizeBytes: 0,
    replacedBytes: null,
    reason: null,
  }));
  const items = [...plan.items, ...deleted];
  // That it asks is no refusal
  const refusal = await refusalOf(extra, { ...options, mirror: { ...mirror, isSettled: true } });
  return { plan: { ...plan, items }, refusal };
}

/** What a mirror has done. */
export interface MirrorResult {
  readonly exitCode: number;
  /** Files and links that it has deleted. */
  readonly deleted: number;
}

/**
 * Deletes what is in the folder here and not on the server, once all that is there is here.
 *
 * @param report is told
 * @throws {DiskError} if something cannot be deleted; the reason of the signal
 */
export async function mirror(
  found: readonly RemoteItem[],
  { failures, omitted }: Pick<TransferAllResult, "failures" | "omitted">,
  report: MirrorReport,
  options: MirrorOptions,
): Promise<MirrorResult> {
  const { locale: { fill }, signal } = options;
  const refuse = (refusal: MirrorRefusal) => {
    report.refuse(refusal);
    return { exitCode: EXIT.other, deleted: 0 };
  };
  const [top] = found;
  const isWhole = failures.length === 0 && omitted.count === 0 && top !== undefined;
  if (!isWhole) return refuse({ reason: "not-whole", text: fill(TEXTS.notWhole) });
  const extra = await findExtras(found, options);
  const folder = cleanLine(join(options.directory, top.localPath));
  if (extra === null) return refuse({ reason: "link", text: fill(TEXTS.link, { folder }) });
  const refusal = await refusalOf(extra, options);
  if (refusal !== null) return refuse(refusal);
  let count = 0;
  await removeExtraFiles(extra, signal, ({ inFolder }, isFolder) => {
    if (!isFolder) count++;
    const file = join(options.directory, top.localPath, inFolder);
    report.onDeleted(file, pathIn(top.path, inFolder), isFolder);
  });
  if (count > 0) report.sum(count);
  return { exitCode: EXIT.done, deleted: count };
}

async function findExtras(
  found: readonly RemoteItem[],
  { directory, exclude, mirror: { kept } }: MirrorOptions,
): Promise<ExtraFiles | null> {
  const [top] = found;
  if (top === undefined) return null;
  const start = top.localPath.length + 1;
  const paths = new Set(
    found.slice(1).map(({ localPath }) => localPath.slice(start).normalize("NFC")),
  );
  const folder = join(directory, top.localPath);
  for (const file of kept) {
    paths.add(relative(folder, file).replaceAll(SEPARATOR, "/").normalize("NFC"));
  }
  return await findExtraFiles(folder, { paths, rules: ExcludeRules.of(exclude) });
}

/** Why nothing is to be deleted; `null` to go on. */
async function refusalOf(
  { files, folders, wantedCount }: ExtraFiles,
  { mirror: { maxDelete, ask, isSettled }, locale: { fill } }: MirrorOptions,
): Promise<MirrorRefusal | null> {
  const count = files.length;
  const total = count + wantedCount;
  const isMost = maxDelete === null && count > total / 2;
  if (isMost || count > (maxDelete ?? LIMITS.mirrorDeletions)) {
    return { reason: "too-many", count, total, text: fill(TEXTS.tooMany, { count, total }) };
  }
  if (isSettled || count + folders.length === 0) return null;
  if (ask === null) {
    return { reason: "unasked", count, total, text: fill(TEXTS.unasked, { count }) };
  }
  const path = cleanLine((files[0] ?? folders[0])?.inFolder ?? "");
  if (await ask(fill(TEXTS.question, { count, path }))) return null;
  return { reason: "answer", count, total, text: fill(TEXTS.refused) };
}
