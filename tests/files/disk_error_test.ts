import { assertEquals, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { asDiskError, asRequestError, DiskError, systemCode } from "../../lib/files/disk_error.ts";
import { REQUEST_ERROR_TEXTS, RequestError } from "../../lib/protocol/errors.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: /secret/path`), { code });
}

Deno.test("asDiskError: maps the system's codes", () => {
  const expected = {
    ENOSPC: "no-space",
    EDQUOT: "no-space",
    EFBIG: "no-space",
    EACCES: "denied",
    EPERM: "denied",
    EROFS: "read-only",
    EMFILE: "open-files",
    ENFILE: "open-files",
    EEXIST: "exists",
    EIO: "io",
    EISDIR: "exists",
  };
  for (const [code, diskCode] of Object.entries(expected)) {
    const cause = systemError(code);
    const error = asDiskError(cause, "/x/y", "write");
    assertEquals(error.code, diskCode, code);
    assertEquals(error.path, "/x/y");
    assertStringIncludes(error.message, "Cannot write /x/y: ");
    assertStrictEquals(error.cause, cause);
  }
});

Deno.test("asDiskError: maps errors without a code by their class, and returns a DiskError unchanged", () => {
  assertEquals(asDiskError(new Deno.errors.PermissionDenied("no"), "p", "read").code, "denied");
  assertEquals(asDiskError(new Deno.errors.NotCapable("no"), "p", "read").code, "denied");
  assertEquals(asDiskError("what", "p", "read").code, "io");
  const own = new DiskError("busy", "p", "busy");
  assertStrictEquals(asDiskError(own, "q", "read"), own);
});

Deno.test("asRequestError: maps the system's codes to default texts, without paths", () => {
  const expected = {
    EACCES: "denied",
    EPERM: "denied",
    EROFS: "denied",
    ENOSPC: "no-space",
    EDQUOT: "no-space",
    EFBIG: "no-space",
    EMFILE: "busy",
    ENFILE: "busy",
    EEXIST: "exists",
    EISDIR: "exists",
    ENAMETOOLONG: "not-found",
    ELOOP: "not-found",
    EINVAL: "not-found",
    EILSEQ: "not-found",
  } as const;
  for (const [system, code] of Object.entries(expected)) {
    const cause = systemError(system);
    const error = asRequestError(cause);
    assertEquals(error.code, code, system);
    assertEquals(error.message, REQUEST_ERROR_TEXTS[code].en);
    assertStrictEquals(error.cause, cause);
  }
  for (const cause of [systemError("EIO"), "what", null]) {
    assertEquals(asRequestError(cause).code, "internal");
  }
});

Deno.test("asRequestError: maps the runtime's error classes, and returns a RequestError unchanged", () => {
  assertEquals(asRequestError(new Deno.errors.NotFound("x")).code, "not-found");
  assertEquals(asRequestError(new Deno.errors.NotADirectory("x")).code, "not-found");
  assertEquals(asRequestError(new Deno.errors.PermissionDenied("x")).code, "denied");
  assertEquals(asRequestError(new Deno.errors.NotCapable("x")).code, "denied");
  const own = new RequestError("changed");
  assertStrictEquals(asRequestError(own), own);
});

Deno.test("systemCode: returns the code of a system error, and an empty string for others", () => {
  assertEquals(systemCode(assertThrows(() => Deno.statSync("/no/such/thing"))), "ENOENT");
  for (const error of [new Error("x"), null, undefined, "x", { code: 7 }]) {
    assertEquals(systemCode(error), "");
  }
});

Deno.test("asRequestError: maps a DiskError to the code for the peer", () => {
  const expected = {
    "no-space": "no-space",
    "denied": "denied",
    "read-only": "denied",
    "busy": "busy",
    "open-files": "busy",
    "replaced": "busy",
    "exists": "exists",
    "io": "internal",
  } as const;
  for (const [code, requestCode] of Object.entries(expected)) {
    const error = new DiskError(code as keyof typeof expected, "/secret/path", "Cannot write");
    assertEquals(asRequestError(error).code, requestCode, code);
    assertStrictEquals(asRequestError(error).cause, error);
  }
});

Deno.test("systemCode: maps error numbers for which the runtime sets no code", () => {
  for (const [number, code] of [[27, "EFBIG"], [69, "EDQUOT"], [122, "EDQUOT"], [5, ""]] as const) {
    assertEquals(systemCode(new Error(`Unknown (os error ${number})`)), code);
  }
});
