import { databaseErrorCode } from "../../files/database.ts";
import { fill } from "../../protocol/fill_text.ts";
import {
  type Language,
  messageOf,
  RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "../../protocol/errors.ts";
import { encodeJsonFrame } from "../../protocol/frames.ts";
import { describeForPeer } from "../../protocol/reason_texts.ts";
import { cleanLine } from "../../protocol/text.ts";
import { LOG_TEXTS } from "../config/log_texts.ts";
import { countRefusal } from "../monitoring/stats.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { ServerServices } from "./services.ts";

/** Characters of a refused path or account that are logged. */
const LOGGED_CHARACTERS = 200;

/** A failed request, as the client gets it. */
export interface FailureReply {
  readonly code: RequestErrorCode;
  /** Makes the code more precise, for programs. */
  readonly reason?: RequestErrorReason;
  /** The limit that the request exceeds, in bytes. */
  readonly limit?: number;
  /** When the same request may be sent again, in milliseconds. */
  readonly retryAfter?: number;
  /** For people, in the server's language. Shows no path, stack or secret of the server. */
  readonly message: string;
}

/** What a request is about, as the client gave it. */
export interface RequestSubject {
  /** The file or folder. */
  readonly path?: string | undefined;
  /** The account of a login. */
  readonly account?: string | undefined;
  /** Whether the request asks what there is: that there is nothing is an answer, no refusal. */
  readonly isLookup?: boolean;
}

/** Counts and logs a failed request, and returns the reply for its client. */
export function reportFailure(
  { settings, stats, rootWatch }: ServerServices,
  identity: ClientIdentity,
  error: unknown,
  { path, account, isLookup = false }: RequestSubject = {},
): FailureReply {
  const { language, onEvent } = settings;
  const failure = error instanceof RequestError
    ? error
    : new RequestError(databaseErrorCode(error));
  const { code, reason } = failure;
  if (reason === "root-gone") rootWatch.noticeLoss();
  const shownPath = shorten(path);
  const shownAccount = shorten(account);
  if (!(isLookup && code === "not-found")) {
    countRefusal(stats, code);
    onEvent({
      event: "refused",
      ...identity.label,
      address: identity.address,
      code,
      ...(reason !== null && { reason }),
      ...(shownPath !== undefined && { path: shownPath }),
      ...(shownAccount !== undefined && { account: shownAccount }),
    });
  }
  if (code === "internal" && !failure.isLogged) {
    const reason = messageOf(error);
    const message = shownPath
      ? fill(LOG_TEXTS.failedFor, language, { path: shownPath, reason })
      : fill(LOG_TEXTS.failed, language, { reason });
    onEvent({ event: "error", message });
  }
  return replyTo(failure, language);
}

function replyTo(error: RequestError, language: Language): FailureReply {
  const { code, reason, limitBytes: limit, retryAfterMs: retryAfter } = error;
  return {
    code,
    ...(reason !== null && { reason }),
    ...(limit !== null && { limit }),
    ...(retryAfter !== null && { retryAfter }),
    message: describeForPeer(error, language),
  };
}

function shorten(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cleanLine(text.slice(0, LOGGED_CHARACTERS));
}

/** Encodes FAIL. `id` is `null` if the failure belongs to no request. */
export function encodeFail(id: number | null, failure: FailureReply): Uint8Array {
  return encodeJsonFrame("FAIL", { id, ...failure });
}
