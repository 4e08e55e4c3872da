import type { ClientProvider } from "../../client/client_provider.ts";
import { planFound } from "../../client/plan_download.ts";
import { planUploads } from "../../client/plan_upload.ts";
import type { RemoteItem } from "../../client/remote_paths.ts";
import type { TransferPlan } from "../../client/transfer_plan.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { type MirrorOptions, planMirror } from "../commands/mirror.ts";
import type { Locale } from "../texts/locale.ts";
import { ownFolders } from "../options/state_folder.ts";
import { failureOf, formatFailure } from "../texts/failure.ts";
import { describePlan } from "../view/plan_lines.ts";
import type { Direction } from "../view/describe_result.ts";
import { localPathsOf, patternsOf } from "./requested_items.ts";
import type { TransferRequest } from "./transfer_request.ts";

/** Where and how a request is planned. */
export interface PlanRequestOptions {
  readonly clients: ClientProvider;
  readonly replace: boolean;
  readonly locale: Locale;
  readonly signal: AbortSignal;
}

/** What fetching files would do, in lines. @param mirroring how a mirror would delete; `null` for none */
export async function planFetch(
  items: readonly RemoteItem[],
  { checksum }: TransferRequest,
  { directory, mirroring, ...options }: PlanRequestOptions & {
    readonly directory: string;
    readonly mirroring: MirrorOptions | null;
  },
): Promise<DisplayText[]> {
  const plan = await planFound(items, { ...options, directory, checksum });
  if (mirroring === null) return linesOf(plan, "get", options);
  const { plan: whole, refusal } = await planMirror(plan, items, mirroring);
  return [...linesOf(whole, "get", options), ...(refusal === null ? [] : [refusal.text])];
}

/** What a request to send would do, in lines. */
export async function planDelivery(
  request: TransferRequest,
  options: PlanRequestOptions,
): Promise<DisplayText[]> {
  const { checksum, gitignore, links, folder } = request;
  const plan = await planUploads(localPathsOf(request), {
    ...options,
    checksum,
    exclude: await patternsOf(request),
    gitignore,
    links,
    to: folder ?? "",
    ownPaths: ownFolders(),
  });
  return linesOf(plan, "put", options);
}

function linesOf(
  plan: TransferPlan,
  way: Direction,
  { locale }: PlanRequestOptions,
): DisplayText[] {
  const failures = plan.failures.map(({ path, error }) =>
    cleanLine(formatFailure(failureOf(path, locale.failure(error))).trimEnd())
  );
  return [...describePlan(plan, way, locale), ...failures];
}
