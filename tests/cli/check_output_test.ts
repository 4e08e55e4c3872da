import { assert, assertEquals, assertMatch } from "@std/assert";
import { FINDINGS } from "../../lib/client/findings.ts";
import { CHECK_NAMES, DOCTOR_TEXTS } from "../../lib/cli/texts/doctor_texts.ts";
import type { FindingText } from "../../lib/cli/texts/check_text.ts";
import { SERVER_DOCTOR_TEXTS } from "../../lib/cli/texts/server_doctor_texts.ts";
import { SERVER_FINDINGS } from "../../lib/server/findings.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { checkJson, CheckSummary, formatCheck } from "../../lib/cli/view/check_output.ts";
import {
  type CheckData,
  checkIdOf,
  type CheckStatus,
  found,
  toCheck,
} from "../../lib/protocol/check.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import type { Finding } from "../../lib/client/findings.ts";

const formatOf = (language: "en" | "pt-BR", os = "linux") => ({
  texts: DOCTOR_TEXTS,
  locale: makeLocale(language),
  program: "tcp-chat serve",
  os,
});
const check = (finding: Finding, data?: CheckData, error?: unknown) =>
  toCheck(found(finding, data, error), FINDINGS, 3.4);

/** What each program can find, and what it says of it. */
const TABLES: [
  name: string,
  statuses: Readonly<Record<string, CheckStatus>>,
  texts: Readonly<Record<string, FindingText>>,
][] = [
  ["DOCTOR_TEXTS", FINDINGS, DOCTOR_TEXTS],
  ["SERVER_DOCTOR_TEXTS", SERVER_FINDINGS, SERVER_DOCTOR_TEXTS],
];

for (const [name, statuses, texts] of TABLES) {
  Deno.test(`${name}: has advice for every failure, and a name for every check, in both languages`, () => {
    for (const [finding, status] of Object.entries(statuses)) {
      const { text, hints = [] } = texts[finding]!;
      for (const language of LANGUAGES) assert(text[language].length > 0, finding);
      assert(CHECK_NAMES[checkIdOf(finding)] !== undefined, finding);
      if (status === "fail") assert(hints.length > 0, finding);
    }
  });

  Deno.test(`${name}: has the same parameters in both languages`, () => {
    const parameters = (text: string) => [...new Set(text.match(/\{\w+/g))].sort();
    for (const [finding, { text, hints = [] }] of Object.entries(texts)) {
      for (const each of [text, ...hints.map((hint) => hint.text)]) {
        assertEquals(parameters(each.en), parameters(each["pt-BR"]), finding);
      }
    }
  });
}

Deno.test("formatCheck: writes a check on a line, with its advice below, in both languages", () => {
  const refused = check("port-refused", { address: "10.0.0.5", port: 15_555, ms: 2 });
  assertEquals(formatCheck(refused, formatOf("en")).slice(0, 2), [
    "FAIL  port        10.0.0.5 is there, but nothing listens on port 15555",
    "      - Is the server started? There: tcp-chat serve",
  ]);
  assertEquals(
    formatCheck(refused, formatOf("pt-BR"))[0],
    "FALHA porta       10.0.0.5 está lá, mas nada escuta na porta 15555",
  );
  const speed = check("speed-measured", { up: 12_500_000, down: 1_000_000, pauses: 0 });
  assertEquals(formatCheck(speed, formatOf("pt-BR")), [
    "ok    velocidade  1 MB/s do servidor, 12,5 MB/s para ele",
  ]);
  const clock = check("clock-off", { seconds: 3_600.5, side: "behind" });
  assertEquals(
    formatCheck(clock, formatOf("pt-BR"))[0],
    "aviso relógio     o relógio do servidor está atrasado 3600,5 s em relação a este",
  );
});

Deno.test("formatCheck: writes nothing of checks that an earlier one has made pointless", () => {
  assertEquals(formatCheck(check("tls-untried"), formatOf("en")), []);
  assertEquals(formatCheck(check("name-literal", { address: "::1" }), formatOf("en")), []);
  assertEquals(formatCheck(check("clock-unknown"), formatOf("en")).length, 1);
});

Deno.test("formatCheck: advises what is to be done on the system of this machine", () => {
  const absent = check("port-absent", { address: "10.0.0.5", port: 5_555, ms: 3_100 });
  const linesOn = (os: string) => formatCheck(absent, formatOf("en", os)).join("\n");
  assertMatch(linesOn("darwin"), /Local Network must allow/);
  assert(!linesOn("linux").includes("Local Network"));
});

Deno.test("formatCheck: shows nothing of a peer that a terminal carries out", () => {
  const agent = check("server-found", { agent: "evil\x1b[2J\nok", features: ["\x07bell"] });
  const text = formatCheck(agent, formatOf("en")).join("\n");
  // deno-lint-ignore no-control-regex -- they must not be there
  assert(!/[\x00-\x09\x0b-\x1f]/.test(text), text);
  assertEquals(text.split("\n").length, 1);
});

Deno.test("checkJson: has the finding, the text and the data, and the code of the error", () => {
  const error = new ConnectionError("other-service", "SSH", {
    address: "h:22",
    details: { service: "ssh" },
  });
  const other = check("server-other", { service: "ssh" }, error);
  const { text, hints, ...rest } = JSON.parse(checkJson(other, formatOf("en")));
  assertEquals(rest, {
    event: "check",
    id: "server",
    status: "fail",
    finding: "server-other",
    ms: 3,
    data: { service: "ssh" },
    code: "other-service",
  });
  assertEquals(text, "Something else answers on h:22: SSH");
  assertEquals(hints.length, 1);
});

Deno.test("CheckSummary: has the exit code of the first failure, and counts", () => {
  const exitCodeOf = (...checks: ReturnType<typeof check>[]) => {
    const summary = new CheckSummary();
    for (const each of checks) summary.add(each, formatOf("en"));
    return [summary.exitCode, summary.format(makeLocale("en"))];
  };
  const changed = new ConnectionError("certificate-changed", "another key");
  const refused = new RequestError("auth-failed");
  assertEquals(exitCodeOf(check("tls-here")), [0, "All is well."]);
  assertEquals(exitCodeOf(check("tls-none"), check("clock-off")), [0, "All is well; 2 warnings."]);
  assertEquals(exitCodeOf(check("name-unknown")), [3, "1 check failed."]);
  assertEquals(exitCodeOf(check("tls-changed", {}, changed), check("answers-none")), [
    6,
    "2 checks failed.",
  ]);
  assertEquals(exitCodeOf(check("tls-none"), check("login-refused", {}, refused)), [
    6,
    "1 check failed, with 1 warning.",
  ]);
});
