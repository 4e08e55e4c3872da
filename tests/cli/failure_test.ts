import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { RightsError } from "../../lib/accounts/rights.ts";
import { describeError, EXIT, failureOf } from "../../lib/cli/texts/failure.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { typedPrograms } from "../../lib/cli/texts/typed_programs.ts";
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
const DISKS: DiskErrorCode[] = [
  "is-a-file",
  "not-a-folder",
  "no-space",
  "denied",
  "read-only",
  "open-files",
  "replaced",
  "busy",
  "exists",
  "io",
];
const CONNECTIONS: Record<ConnectionErrorCode, number> = {
  "in-use": EXIT.connection,
  "unusable": EXIT.connection,
  "refused": EXIT.connection,
  "timeout": EXIT.connection,
  "late-hello": EXIT.connection,
  "lost": EXIT.connection,
  "unreachable": EXIT.connection,
  "rejected": EXIT.connection,
  "tls-needed": EXIT.connection,
  "tls-unexpected": EXIT.connection,
  "other-service": EXIT.connection,
  "handshake": EXIT.connection,
  "certificate-changed": EXIT.denied,
  "certificate-untrusted": EXIT.denied,
  "certificate-unusable": EXIT.denied,
  "certificate-expired": EXIT.denied,
  "certificate-not-yet-valid": EXIT.denied,
};
/** The parameters of texts about certificates. */
const DETAILS = {
  expected: "aa".repeat(32),
  actual: "bb".repeat(32),
  validFrom: "2030-01-01",
  validTo: "2031-01-01",
  now: "1970-01-01",
};

/** Asserts the exit code, the code, and that the error has a text in each language. */
function assertDescribed(error: unknown, exitCode: number, code: string): void {
  const messages = LANGUAGES.map((language) => {
    const failure = describeError(error, language);
    assertEquals(failure.exitCode, exitCode);
    assertEquals(failure.code, code);
    assert(failure.message !== "" && !/[{}\n]|undefined/.test(failure.message), failure.message);
    return failure.message;
  });
  assertNotEquals(messages[0], messages[1]);
}

Deno.test("EXIT: has the documented exit codes", () => {
  assertEquals(EXIT, {
    done: 0,
    other: 1,
    usage: 2,
    connection: 3,
    notFound: 4,
    integrity: 5,
    denied: 6,
    disk: 7,
    incomplete: 8,
    interrupted: 130,
  });
});

for (const [code, exitCode] of Object.entries(REQUESTS) as Array<[RequestErrorCode, number]>) {
  Deno.test(`describeError: maps the request error ${code} to exit code ${exitCode}`, () => {
    assertDescribed(new RequestError(code), exitCode, code);
  });
}

Deno.test("REQUEST_ERROR_TEXTS: has the codes of the tests above, and no other", () => {
  assertEquals(Object.keys(REQUESTS).sort(), Object.keys(REQUEST_ERROR_TEXTS).sort());
});

for (const code of DISKS) {
  Deno.test(`describeError: maps the disk error ${code} to exit code ${EXIT.disk}, and names the file`, () => {
    const error = new DiskError(code, "/some/where", "Cannot", { cause: new Error("odd") });
    assertDescribed(error, EXIT.disk, code);
    assertStringIncludes(describeError(error, "en").message, "/some/where");
  });
}

for (
  const [code, exitCode] of Object.entries(CONNECTIONS) as Array<[ConnectionErrorCode, number]>
) {
  Deno.test(`describeError: maps the connection error ${code} to exit code ${exitCode}`, () => {
    const options = { address: "host:5555", details: DETAILS };
    assertDescribed(new ConnectionError(code, "Cannot connect", options), exitCode, code);
  });
}

const CERTIFICATES: CertificateErrorCode[] = [
  "no-certificate",
  "no-key",
  "key-encrypted",
  "key-kind",
  "mismatch",
  "authority",
  "no-name",
  "expired",
  "not-yet-valid",
];
for (const code of CERTIFICATES) {
  Deno.test(`describeError: maps the certificate error ${code} to exit code 2, and names the file`, () => {
    const details = { ...DETAILS, keyPath: "/other" };
    const error = new CertificateError(code, "/some/where", { details });
    assertDescribed(error, EXIT.usage, code);
    assertStringIncludes(describeError(error, "en").message, "/some/where");
  });
}

Deno.test("describeError: shows both fingerprints of a changed key, and both dates of a wrong clock", () => {
  const describe = (code: ConnectionErrorCode) =>
    describeError(new ConnectionError(code, "", { address: "host:1", details: DETAILS }), "en");
  const changed = describe("certificate-changed");
  assertStringIncludes(changed.message, `fingerprint ${DETAILS.actual}, not ${DETAILS.expected}`);
  assertStringIncludes(changed.hint!, "--fingerprint");
  const expired = describe("certificate-expired").message;
  assertStringIncludes(expired, "expired on 2031-01-01; the clock here says 1970-01-01");
  const early = describe("certificate-not-yet-valid").message;
  assertStringIncludes(early, "from 2030-01-01 on; the clock here says 1970-01-01");
  assertStringIncludes(describe("certificate-untrusted").hint!, "--trust");
  assertEquals(describe("tls-needed").hint, "Connect with --tls.");
});

Deno.test("describeError: maps a protocol error to exit code 1", () => {
  assertDescribed(new ProtocolError("bad-sequence", "FDAT too early"), EXIT.other, "bad-sequence");
});

Deno.test("describeError: maps an interruption to exit code 130", () => {
  assertDescribed(new DOMException("stop", "AbortError"), EXIT.interrupted, "interrupted");
});

Deno.test("describeError: maps a usage error to exit code 2, and keeps its text", () => {
  const { message, exitCode, code } = describeError(new UsageError("Which file?"), "pt-BR");
  assertEquals([message, exitCode, code], ["Which file?", EXIT.usage, "usage"]);
});

Deno.test("describeError: maps an unknown right to exit code 2, and names it", () => {
  assertDescribed(new RightsError("wirte"), EXIT.usage, "usage");
  assertStringIncludes(describeError(new RightsError("wirte\x1b"), "en").message, '"wirte"');
});

Deno.test("describeError: maps any other thrown value to exit code 1", () => {
  for (const thrown of [new TypeError("odd"), "odd", null, undefined, { message: "odd" }]) {
    const { code, exitCode } = describeError(thrown, "en");
    assertEquals([code, exitCode], ["internal", EXIT.other]);
  }
  assertEquals(describeError(new TypeError("odd"), "en").message, "odd");
});

Deno.test("describeError: describes the reason of a request error in both languages", () => {
  const reasons: RequestErrorReason[] = [
    "account-exists",
    "login-unproven",
    "password-long",
    "message-empty",
    "message-long",
    "path-dots",
    "same-command",
    "sha256-unwanted",
  ];
  for (const reason of reasons) {
    const error = new RequestError("bad-request", "detail", { reason });
    assertDescribed(error, EXIT.usage, "bad-request");
    assert(describeError(error, "en").message !== describeFailure("bad-request", "en"));
  }
});

Deno.test("describeError: translates a standard text of the server to the language of the client", () => {
  const text = describeFailure("not-found", "pt-BR");
  const error = new RequestError("not-found", text, { isFromPeer: true });
  assertEquals(describeError(error, "en").message, describeFailure("not-found", "en"));
});

Deno.test("describeError: quotes any other text of the server, without control characters", () => {
  const text = "[Errno 21] \x1b[31mIs a directory\n\u202e'x'";
  const error = new RequestError("internal", text, { isFromPeer: true, isQuote: true });
  const { message } = describeError(error, "en");
  assertEquals(message, "the server says: [Errno 21] [31mIs a directory 'x'");
});

Deno.test("describeError: says why the server closed the connection, without control characters", () => {
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

Deno.test("describeError: includes the reason of the operating system", () => {
  const cause = new Error("Something odd happened");
  const error = new ConnectionError("unreachable", "Cannot connect to x:1", { cause });
  assertStringIncludes(describeError(error, "en").message, "Something odd happened");
  const disk = new DiskError("io", "/x", "Cannot write /x", { cause: new Error("bad sector") });
  assertStringIncludes(describeError(disk, "en").message, "bad sector");
});

Deno.test("describeError: has a hint for errors that the user can correct", () => {
  const refused = describeError(new ConnectionError("refused", ""), "en");
  assertStringIncludes(refused.hint!, typedPrograms().server);
  assertStringIncludes(describeError(new RequestError("integrity"), "en").hint!, "Try again");
  assertEquals(describeError(new RequestError("not-found"), "en").hint, null);
});

Deno.test("failureOf: names the path, unless the message names a file of that name", () => {
  for (const language of LANGUAGES) {
    for (const code of DISKS) {
      const failure = describeError(new DiskError(code, "out/a.txt", ""), language);
      assertEquals(failureOf("dir/a.txt", failure), failure);
      assertEquals(failureOf("a.txt", failureOf("a.txt", failure)), failure);
      assertEquals(failureOf("b.txt", failure).message, `b.txt: ${failure.message}`);
    }
    const other = describeError(new RequestError("not-found"), language);
    const named = failureOf("a\n.txt", other);
    assertEquals(named.message.includes("\n"), false);
    assertEquals(failureOf("a\n.txt", named), named);
  }
});
