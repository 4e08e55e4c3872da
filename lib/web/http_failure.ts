import type { RequestErrorCode } from "../protocol/errors.ts";
import type { Text } from "../protocol/fill_text.ts";

/** A request that is answered with a failure. */
export class HttpFailure extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "HttpFailure";

  /**
   * @param status the status of the answer
   * @param text for people; it shows no secret of the server
   * @param headers further headers of the answer
   */
  constructor(
    readonly status: number,
    readonly text: Text,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(text.en);
  }
}

/** The statuses for failed requests; any other code is an internal error. */
const STATUSES: Readonly<Partial<Record<RequestErrorCode, number>>> = {
  "bad-request": 400,
  "bad-path": 400,
  "unsupported": 404,
  "unauthenticated": 401,
  "auth-failed": 401,
  "denied": 403,
  "not-found": 404,
  "not-a-file": 409,
  "changed": 409,
  "too-large": 413,
  "rate-limited": 429,
  "busy": 503,
  "shutting-down": 503,
  "server-full": 503,
};
/** In seconds. */
const RETRY_AFTER = "5";

/** The answer to a request that the server has failed. 401 has no challenge: it opens no dialog. */
export function httpFailureOf(code: RequestErrorCode, text: Text): HttpFailure {
  const status = STATUSES[code] ?? 500;
  return new HttpFailure(status, text, status === 503 ? { "retry-after": RETRY_AFTER } : {});
}

/** The phrases of the statuses that this server sends (RFC 9110, section 15). */
const PHRASES: Readonly<Record<number, string>> = {
  101: "Switching Protocols",
  102: "Processing",
  200: "OK",
  206: "Partial Content",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  416: "Range Not Satisfiable",
  421: "Misdirected Request",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/** The phrase of a status. */
export function phraseOf(status: number): string {
  return PHRASES[status] ?? "Unknown";
}
