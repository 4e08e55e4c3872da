import { encodeJsonFrame } from "../../protocol/frames.ts";
import {
  describeFailure,
  type Language,
  messageOf,
  RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "../../protocol/errors.ts";
import { ACCOUNT_FAIL_TEXTS } from "../../protocol/account_failures.ts";
import { describeChatFailure } from "../../protocol/chat_failures.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { ClientIdentity } from "./client_identity.ts";
import { LOG_TEXTS } from "../config/log_texts.ts";
import type { ServerServices } from "./services.ts";
import { countRefusal } from "../monitoring/stats.ts";

/** How much of a name that was refused is logged. */
const LOGGED_NAME_CHARACTERS = 200;

/** A request that failed, as its client is told. */
export interface FailureReply {
  readonly code: RequestErrorCode;
  /** What more is known, for programs. */
  readonly reason?: RequestErrorReason;
  /** For people, in the server's language: nothing of the server's own shows in it. */
  readonly message: string;
}

/**
 * Counts and logs a request that failed, and says what its client is told.
 *
 * @param path what the client asked for, as it said it, if it was a file or a folder
 */
export function reportFailure(
  { settings, stats }: ServerServices,
  identity: ClientIdentity,
  error: unknown,
  path?: string,
): FailureReply {
  const { language, onEvent } = settings;
  const code = error instanceof RequestError ? error.code : "internal";
  const shownPath = path === undefined
    ? undefined
    : cleanLine(path).slice(0, LOGGED_NAME_CHARACTERS);
  countRefusal(stats, code);
  onEvent({
    event: "refused",
    ...identity.label,
    address: identity.address,
    code,
    ...(shownPath !== undefined && { path: shownPath }),
  });
  if (code === "internal") {
    const reason = messageOf(error);
    onEvent({ event: "error", message: LOG_TEXTS[language].failed(shownPath ?? "", reason) });
  }
  const reason = error instanceof RequestError ? error.reason : null;
  const message = describe(error, code, language);
  return { code, ...(reason !== null && { reason }), message };
}

/** The most exact text for a peer: those by the code speak of files, where the chat means others. */
function describe(error: unknown, code: RequestErrorCode, language: Language): string {
  if (!(error instanceof RequestError)) return describeFailure(code, language);
  return error.reason === "login-delayed"
    ? ACCOUNT_FAIL_TEXTS[error.reason][language]
    : describeChatFailure(error, language);
}

/** FAIL. `id` is `null` where the request cannot be told. */
export function encodeFail(id: number | null, failure: FailureReply): Uint8Array {
  return encodeJsonFrame("FAIL", { id, ...failure });
}
