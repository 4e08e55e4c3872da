import type {
  PlannedAction,
  PlannedItem,
  PlanReason,
  TransferPlan,
} from "../../client/transfer_plan.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { REASON_TEXTS } from "../../protocol/reason_texts.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { describeReason } from "./omission_text.ts";
import type { Direction } from "./describe_result.ts";

const ACTIONS = {
  new: { en: "new", "pt-BR": "novo" },
  replace: { en: "replace", "pt-BR": "substitui" },
  same: { en: "same", "pt-BR": "igual" },
  skip: { en: "skip", "pt-BR": "omite" },
  conflict: { en: "conflict", "pt-BR": "conflito" },
  delete: { en: "delete", "pt-BR": "apaga" },
} as const satisfies Readonly<Record<PlannedAction, Text>>;

const TEXTS = {
  sameFiles: { en: "{same|# file|# files}", "pt-BR": "{same|# arquivo|# arquivos}" },
  excluded: { en: "excluded", "pt-BR": "excluído" },
} as const satisfies Readonly<Record<string, Text>>;

const EXISTS = {
  get: {
    en: "the name is taken; it gets NAME (1)",
    "pt-BR": "o nome está ocupado; recebe NOME (1)",
  },
  put: {
    en: "another file is there; --replace replaces it",
    "pt-BR": "há outro arquivo lá; --replace o substitui",
  },
} as const satisfies Readonly<Record<Direction, Text>>;

const REPLACED = {
  get: { en: "{size} (is {old} here)", "pt-BR": "{size} (aqui tem {old})" },
  put: { en: "{size} (is {old} there)", "pt-BR": "{size} (lá tem {old})" },
} as const satisfies Readonly<Record<Direction, Text>>;

const IN_THE_WAY = {
  get: { en: "something else is here", "pt-BR": "há outra coisa aqui" },
  put: { en: "something else is there", "pt-BR": "há outra coisa lá" },
} as const satisfies Readonly<Record<Direction, Text>>;

const SUMS = {
  get: {
    en: "Would fetch {files|# file|# files}, {size}. Nothing was changed.",
    "pt-BR": "Buscaria {files|# arquivo|# arquivos}, {size}. Nada foi alterado.",
  },
  put: {
    en: "Would send {files|# file|# files}, {size}. Nothing was changed.",
    "pt-BR": "Enviaria {files|# arquivo|# arquivos}, {size}. Nada foi alterado.",
  },
  mirror: {
    en: "Would fetch {files|# file|# files}, {size}, and delete {deleted|# file|# files} here. " +
      "Nothing was changed.",
    "pt-BR": "Buscaria {files|# arquivo|# arquivos}, {size}, e apagaria " +
      "{deleted|# arquivo|# arquivos} daqui. Nada foi alterado.",
  },
} as const satisfies Readonly<Record<Direction | "mirror", Text>>;

/** How often each action is planned, and what would be moved. */
export interface PlanCounts extends Readonly<Record<PlannedAction, number>> {
  readonly files: number;
  readonly bytes: number;
}

/** Counts what a plan has. A download whose name is taken moves its file all the same. */
export function countPlan({ items }: TransferPlan, direction: Direction): PlanCounts {
  const counts = {
    new: 0,
    replace: 0,
    same: 0,
    skip: 0,
    conflict: 0,
    delete: 0,
    files: 0,
    bytes: 0,
  };
  for (const { action, type, sizeBytes, reason } of items) {
    counts[action]++;
    const isNumbered = direction === "get" && action === "conflict" && reason === "exists";
    const isMoved = action === "new" || action === "replace" || isNumbered;
    if (!isMoved || type === "folder") continue;
    counts.files++;
    counts.bytes += sizeBytes;
  }
  return counts;
}

/** A plan for people, a line for each step, but one for all that is the same; then what would be moved. */
export function describePlan(
  plan: TransferPlan,
  direction: Direction,
  locale: Locale,
): DisplayText[] {
  const width = Math.max(...Object.values(ACTIONS).map((text) => locale.fill(text).length));
  const line = (action: PlannedAction, rest: string) =>
    `${locale.fill(ACTIONS[action]).padEnd(width)}  ${rest}`;
  const { same, files, bytes, delete: deleted } = countPlan(plan, direction);
  const size = locale.size(bytes);
  const steps = plan.items.filter(({ action }) => action !== "same");
  const lines = [
    ...steps.map((item) => line(item.action, describeStep(item, direction, locale))),
    ...(same > 0 ? [line("same", locale.fill(TEXTS.sameFiles, { same }))] : []),
    deleted > 0
      ? locale.fill(SUMS.mirror, { files, size, deleted })
      : locale.fill(SUMS[direction], { files, size }),
  ];
  return lines.map(cleanLine);
}

/** The object of `--json` for a step. */
export function planEvent(item: PlannedItem): Record<string, unknown> {
  const { action, path, file, type, sizeBytes, replacedBytes, reason } = item;
  return {
    event: "plan",
    action,
    path,
    ...(file !== null && { file }),
    type,
    bytes: sizeBytes,
    ...(replacedBytes !== null && { replacedBytes }),
    ...(reason !== null && { reason }),
  };
}

function describeStep(item: PlannedItem, direction: Direction, locale: Locale): string {
  const { action, path, type, sizeBytes, replacedBytes, reason } = item;
  const shown = type === "folder" ? `${path}/` : path;
  const size = locale.size(sizeBytes);
  if (reason !== null) return `${shown}  ${whyOf(reason, direction, locale)}`;
  if (action === "skip") return `${shown}  ${describeReason(null, locale)}`;
  if (type === "folder" || action === "delete") return shown;
  if (replacedBytes === null || replacedBytes === sizeBytes) return `${shown}  ${size}`;
  const old = locale.size(replacedBytes);
  return `${shown}  ${locale.fill(REPLACED[direction], { size, old })}`;
}

function whyOf(reason: PlanReason, direction: Direction, locale: Locale): string {
  if (reason === "exists") return locale.fill(EXISTS[direction]);
  if (reason === "same-command") return locale.fill(REASON_TEXTS[reason]);
  if (reason === "in-the-way") return locale.fill(IN_THE_WAY[direction]);
  if (reason === "excluded") return locale.fill(TEXTS.excluded);
  return describeReason(reason, locale);
}
