import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { RightsError } from "../../lib/accounts/rights.ts";
import { describeError, EXIT } from "../../lib/cli/texts/failure.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { CertificateError, type CertificateErrorCode } from "../../lib/files/certificate_error.ts";
import { DiskError, type DiskErrorCode } from "../../lib/files/disk_error.ts";
import {
  ConnectionError,
  type ConnectionErrorCode,
  describeFailure,
  ProtocolError,
  REQUEST_ERROR_TEXTS,
  RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "../../lib/protocol/errors.ts";

const REQUESTS: Record<RequestErrorCode, number> = {
  "bad-request": EXIT.usage,
  "bad-path": EXIT.notFound,
  "unsupported": EXIT.other,
  "unauthenticated": EXIT.denied,
  "auth-failed": EXIT.denied,
  "denied": EXIT.denied,
  "not-found": EXIT.notFound,
  "not-a-file": EXIT.notFound,
  "exists": EXIT.other,
  "changed": EXIT.other,
  "too-large": EXIT.usage,
  "no-space": EXIT.other,
  "busy": EXIT.other,
  "rate-limited": EXIT.other,
  "integrity": EXIT.integrity,
  "cancelled": EXIT.other,
  "slow-consumer": EXIT.other,
  "shutting-down": EXIT.connection,
  "server-full": EXIT.connection,
  "tls-needed": EXIT.connection,
  "internal": EXIT.other,
};
const DISKS: DiskErrorCode[] = ["no-space", "denied", "busy", "exists", "io"];
const CONNECTIONS: Record<ConnectionErrorCode, number> = {
  "in-use": EXIT.connection,
  "unusable": EXIT.connection,
  "refused": EXIT.connection,
  "timeout": EXIT.connection,
  "lost": EXIT.connection,
  "unreachable": EXIT.connection,
  "rejected": EXIT.connection,
  "tls-needed": EXIT.connection,
  "tls-unexpected": EXIT.connection,
  "handshake": EXIT.connection,
  "certificate-changed": EXIT.denied,
  "certificate-untrusted": EXIT.denied,
  "certificate-unusable": EXIT.denied,
  "certificate-expired": EXIT.denied,
  "certificate-not-yet-valid": EXIT.denied,
};
/** What the texts about certificates name. */
const DETAILS = {
  expected: "aa".repeat(32),
  actual: "bb".repeat(32),
  validFrom: "2030-01-01",
  validTo: "2031-01-01",
  now: "1970-01-01",
};

/** Makes sure that the error is told in both languages, and differently. */
function assertTold(error: unknown, exitCode: number, code: string): void {
  const messages = LANGUAGES.map((language) => {
    const failure = describeError(error, language);
    assertEquals(failure.exitCode, exitCode);
    assertEquals(failure.code, code);
    assert(failure.message !== "" && !/[{}\n]|undefined/.test(failure.message), failure.message);
    return failure.message;
  });
  assertNotEquals(messages[0], messages[1]);
}

Deno.test("the exit codes are those of the contract", () => {
  assertEquals(EXIT, {
    done: 0,
    other: 1,
    usage: 2,
    connection: 3,
    notFound: 4,
    integrity: 5,
    denied: 6,
    disk: 7,
    interrupted: 130,
  });
});

for (const [code, exitCode] of Object.entries(REQUESTS) as Array<[RequestErrorCode, number]>) {
  Deno.test(`a request that failed as ${code} leads to ${exitCode}`, () => {
    assertTold(new RequestError(code), exitCode, code);
  });
}

Deno.test("every code of a failed request is in the test above", () => {
  assertEquals(Object.keys(REQUESTS).sort(), Object.keys(REQUEST_ERROR_TEXTS).sort());
});

for (const code of DISKS) {
  Deno.test(`a disk that failed as ${code} leads to ${EXIT.disk}, and names the file`, () => {
    const error = new DiskError(code, "/some/where", "Cannot", { cause: new Error("odd") });
    assertTold(error, EXIT.disk, code);
    assertStringIncludes(describeError(error, "en").message, "/some/where");
  });
}

for (
  const [code, exitCode] of Object.entries(CONNECTIONS) as Array<[ConnectionErrorCode, number]>
) {
  Deno.test(`a connection that failed as ${code} leads to ${exitCode}`, () => {
    const options = { where: "host:5555", details: DETAILS };
    assertTold(new ConnectionError(code, "Cannot connect", options), exitCode, code);
  });
}

const CERTIFICATES: CertificateErrorCode[] = [
  "no-certificate",
  "no-key",
  "key-encrypted",
  "key-kind",
  "mismatch",
  "authority",
  "expired",
  "not-yet-valid",
];
for (const code of CERTIFICATES) {
  Deno.test(`a certificate of ours that is ${code} leads to ${EXIT.usage}, and names the file`, () => {
    const details = { ...DETAILS, keyPath: "/other" };
    const error = new CertificateError(code, "/some/where", { details });
    assertTold(error, EXIT.usage, code);
    assertStringIncludes(describeError(error, "en").message, "/some/where");
  });
}

Deno.test("a changed key is told with both fingerprints, a wrong clock with both dates", () => {
  const tell = (code: ConnectionErrorCode) =>
    describeError(new ConnectionError(code, "", { where: "host:1", details: DETAILS }), "en");
  const changed = tell("certificate-changed");
  assertStringIncludes(changed.message, `fingerprint ${DETAILS.actual}, not ${DETAILS.expected}`);
  assertStringIncludes(changed.hint!, "--fingerprint");
  const expired = tell("certificate-expired").message;
  assertStringIncludes(expired, "expired on 2031-01-01; the clock here says 1970-01-01");
  const early = tell("certificate-not-yet-valid").message;
  assertStringIncludes(early, "from 2030-01-01 on; the clock here says 1970-01-01");
  assertStringIncludes(tell("certificate-untrusted").hint!, "--trust");
  assertEquals(tell("tls-needed").hint, "Connect with --tls.");
});

Deno.test("a server that breaks the protocol leads to 1", () => {
  assertTold(new ProtocolError("bad-sequence", "FDAT too early"), EXIT.other, "bad-sequence");
});

Deno.test("an interruption leads to 130", () => {
  assertTold(new DOMException("stop", "AbortError"), EXIT.interrupted, "interrupted");
});

Deno.test("a mistake on the command line leads to 2, in the words that it came with", () => {
  const { message, exitCode, code } = describeError(new UsageError("Which file?"), "pt-BR");
  assertEquals([message, exitCode, code], ["Which file?", EXIT.usage, "usage"]);
});

Deno.test("a right that there is not is named, and leads to 2", () => {
  assertTold(new RightsError("wirte"), EXIT.usage, "usage");
  assertStringIncludes(describeError(new RightsError("wirte\x1b"), "en").message, '"wirte"');
});

Deno.test("whatever else is thrown leads to 1", () => {
  for (const thrown of [new TypeError("odd"), "odd", null, undefined, { message: "odd" }]) {
    const { code, exitCode } = describeError(thrown, "en");
    assertEquals([code, exitCode], ["internal", EXIT.other]);
  }
  assertEquals(describeError(new TypeError("odd"), "en").message, "odd");
});

Deno.test("what more is known about a failure is told in both languages", () => {
  const reasons: RequestErrorReason[] = [
    "account-exists",
    "login-unproven",
    "password-long",
    "message-empty",
    "message-long",
    "path-dots",
    "sha256-unwanted",
  ];
  for (const reason of reasons) {
    const error = new RequestError("bad-request", "detail", { reason });
    assertTold(error, EXIT.usage, "bad-request");
    assert(describeError(error, "en").message !== describeFailure("bad-request", "en"));
  }
});

Deno.test("the table's text of a server is told in the language of the client", () => {
  const text = describeFailure("not-found", "pt-BR");
  const error = new RequestError("not-found", text, { isFromPeer: true });
  assertEquals(describeError(error, "en").message, describeFailure("not-found", "en"));
});

Deno.test("a server's own words are told as such, without what would steer a terminal", () => {
  const text = "[Errno 21] \x1b[31mIs a directory\n\u202e'x'";
  const error = new RequestError("internal", text, { isFromPeer: true, isQuote: true });
  const { message } = describeError(error, "en");
  assertEquals(message, "the server says: [Errno 21] [31mIs a directory 'x'");
});

Deno.test("why a server closed is told, without what would steer a terminal", () => {
  const full = new ConnectionError("rejected", describeFailure("server-full", "pt-BR"), {
    requestCode: "server-full",
  });
  assertStringIncludes(describeError(full, "en").message, describeFailure("server-full", "en"));
  const other = new ConnectionError("rejected", "go\x07 away\n2026 error", { isQuote: true });
  assertEquals(
    describeError(other, "en").message,
    "The server closed the connection: go away 2026 error",
  );
});

Deno.test("the system's reason is told where there is one", () => {
  const cause = new Error("failed to lookup address information");
  const error = new ConnectionError("unreachable", "Cannot connect to x:1", { cause });
  assertStringIncludes(describeError(error, "en").message, "failed to lookup address information");
  const disk = new DiskError("io", "/x", "Cannot write /x", { cause: new Error("bad sector") });
  assertStringIncludes(describeError(disk, "en").message, "bad sector");
});

Deno.test("a hint says what to do where there is something to do", () => {
  const refused = describeError(new ConnectionError("refused", ""), "en");
  assertStringIncludes(refused.hint!, "tcp-chat-server");
  assertStringIncludes(describeError(new RequestError("integrity"), "en").hint!, "Try again");
  assertEquals(describeError(new RequestError("not-found"), "en").hint, null);
});
