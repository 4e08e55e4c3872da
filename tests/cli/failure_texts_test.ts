import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describeError, EXIT } from "../../lib/cli/texts/failure.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { CertificateError } from "../../lib/files/certificate_error.ts";
import { asDiskError, DiskError } from "../../lib/files/disk_error.ts";
import { ClusterError } from "../../lib/protocol/cluster_error.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";

Deno.test("describeError: names the path once, and shows no number of the system", () => {
  const cases: Array<[error: unknown, text: string, exitCode: number]> = [
    [
      asDiskError(new Deno.errors.NotFound("No such file (os error 2): stat 'a'"), "a", "read"),
      "Cannot use a: No such file",
      EXIT.disk,
    ],
    [new DiskError("not-found", "a", ""), "Cannot use a: there is no such file or folder", 4],
    [
      new DiskError("io", "a/b", "Cannot write a/b: Odd thing (os error 77): mkdir 'a/b'"),
      "Cannot use a/b: Odd thing",
      EXIT.disk,
    ],
    [
      Object.assign(new Error("No space left (os error 28): write 'x/y'"), { code: "ENOSPC" }),
      "Cannot write x/y: the disk is full",
      EXIT.disk,
    ],
    [
      new Deno.errors.NotCapable('Requires all access to "/proc/x", run again'),
      "Cannot use /proc/x: permission denied",
      EXIT.disk,
    ],
  ];
  for (const [error, text, exitCode] of cases) {
    const failure = describeError(error, "en");
    assertEquals([failure.message, failure.exitCode], [text, exitCode]);
  }
});

Deno.test("describeError: says how large an upload may be", () => {
  const error = new RequestError("too-large", undefined, {
    isFromPeer: true,
    reason: "upload-large",
    limitBytes: 1_500_000,
  });
  assertStringIncludes(describeError(error, "en").message, "at most 1.5 MB");
  assertStringIncludes(describeError(error, "pt-BR").message, "no máximo 1,5 MB");
});

Deno.test("describeError: says how much a link still takes, which is no limit of the server's files", () => {
  const options = { isFromPeer: true, reason: "link-full", limitBytes: 2 } as const;
  const error = new RequestError("too-large", undefined, options);
  assertStringIncludes(describeError(error, "en").message, "this link still takes: 2 B");
  assertStringIncludes(describeError(error, "pt-BR").message, "neste link, que ainda aceita 2 B");
});

const SYSTEM_ERRORS: Array<[message: string, en: string, pt: string]> = [
  ["failed to lookup address information: Name or service not known", "no machine", "nenhuma"],
  ["invalid host 'ä'", "not the name", "não é o nome"],
  ["Network is unreachable (os error 101)", "no network", "nenhuma rede"],
  ["No route to host (os error 113)", "cannot be reached", "não pode ser"],
  ["Something odd (os error 9)", "Something odd", "Something odd"],
];

for (const [message, en, pt] of SYSTEM_ERRORS) {
  Deno.test(`describeError: explains "${message}" in both languages`, () => {
    const cause = new Error(message);
    const error = new ConnectionError("unreachable", "", { cause, address: "a:1" });
    assertStringIncludes(describeError(error, "en").message, `Cannot connect to a:1: `);
    assertStringIncludes(describeError(error, "en").message, en);
    assertStringIncludes(describeError(error, "pt-BR").message, pt);
    assert(!/os error/.test(describeError(error, "en").message));
  });
}

Deno.test("describeError: has the command that makes a right certificate for one that is of no use", () => {
  for (const language of LANGUAGES) {
    const errors = [
      new CertificateError("authority", "cert.pem"),
      new CertificateError("no-name", "cert.pem"),
      new ConnectionError("certificate-unusable", "", { address: "a:1" }),
    ];
    for (const { hint } of errors.map((error) => describeError(error, language))) {
      assertStringIncludes(hint!, "-addext basicConstraints=critical,CA:FALSE");
      assertStringIncludes(hint!, "-addext subjectAltName=DNS:NAME");
    }
  }
});

Deno.test("describeError: names cluster rejoin where it is a way out", () => {
  for (const code of ["own-history", "log-lost", "diverged"] as const) {
    for (const language of LANGUAGES) {
      const { message } = describeError(new ClusterError(code, "", { names: ["team"] }), language);
      assertStringIncludes(message, "cluster rejoin");
    }
  }
});
