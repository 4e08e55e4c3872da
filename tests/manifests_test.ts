import {
  assert,
  assertEquals,
  assertNotMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { outputName, TARGETS } from "../scripts/compile.ts";
import { fillManifest, manifestTemplates, parseSums } from "../scripts/fill_manifests.ts";

/** The names of the files of a release. */
const NAMES = TARGETS.flatMap((target) => {
  const executable = outputName("tcp-chat", target);
  return target.includes("windows") ? [executable] : [`tcp-chat-1.2.3-${target}.tar.gz`];
});
const SUMS = NAMES.map((name, at) => `${String(at).repeat(64)}  ${name}\n`).join("");
const FACTS = { version: "1.2.3", repository: "owner/name", sums: parseSums(SUMS) };

Deno.test("fillManifest: fills each template with version, repository and hashes of the release", () => {
  const templates = manifestTemplates();
  assertEquals(templates.size, 5);
  const filled = [...templates].map(([path, text]) => [path, fillManifest(text, FACTS)] as const);
  for (const [path, text] of filled) {
    assertNotMatch(text, /\{(?:version|repository|sha256)/, path);
    assertStringIncludes(text, "1.2.3");
    for (const [, name = ""] of text.matchAll(/releases\/download\/v1\.2\.3\/([^"#\s]+)/g)) {
      assert(NAMES.includes(name), name);
      assertStringIncludes(text, FACTS.sums.get(name)!);
    }
  }
  const { architecture } = JSON.parse(new Map(filled).get("scoop.json")!);
  assertEquals(Object.keys(architecture), ["64bit", "arm64"]);
});

Deno.test("fillManifest: refuses a release without a file of the template", () => {
  const text = "{sha256 tcp-chat-{version}-none.tar.gz}";
  assertThrows(() => fillManifest(text, FACTS), Error, "no file tcp-chat-1.2.3-none.tar.gz");
});
