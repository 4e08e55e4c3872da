import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { clusterOptions } from "../../lib/cli/server/cluster_settings.ts";
import { CLUSTER_OPTIONS } from "../../lib/cli/server/cluster_options.ts";
import { parseOptions } from "../../lib/cli/options/options.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

const locale = makeLocale("en");

function optionsOf(...args: string[]) {
  return clusterOptions(parseOptions(CLUSTER_OPTIONS, args, () => undefined).values, locale);
}

function mistake(...args: string[]): string {
  return assertThrows(() => optionsOf(...args), UsageError).message;
}

Deno.test("clusterOptions: is undefined without --cluster", () => {
  assertEquals(optionsOf("--cluster-name", "a", "--alone"), undefined);
});

Deno.test("clusterOptions: takes several servers of NATS, with a scheme or without", () => {
  assertEquals(optionsOf("--cluster", "nats://a:4222, tls://b,c:4223"), {
    servers: ["nats://a:4222", "tls://b", "nats://c:4223"],
    name: "tcp-chat",
    host: Deno.hostname(),
    copies: 2,
  });
  for (const url of ["http://a", "nats://", "nats://a/b", "nats://a,,nats://b", "a b"]) {
    assertStringIncludes(mistake("--cluster", url), "--cluster takes addresses of NATS");
  }
});

Deno.test("clusterOptions: has the files, the wait, the address and the copies", () => {
  const files = ["--cluster-creds", "c", "--cluster-ca", "d", "--cluster-wait", "60"];
  const rest = ["--advertise", "chat.example.org:443", "--copies", "all", "--cluster-name", "x_1"];
  const cache = ["--fetch-cache", "1GiB"];
  assertEquals(optionsOf("--cluster", "a", ...files, ...rest, ...cache), {
    servers: ["nats://a"],
    name: "x_1",
    credentialsPath: "c",
    caPath: "d",
    waitMs: 60_000,
    copies: "all",
    fetchCacheBytes: 1_024 ** 3,
    host: "chat.example.org",
    port: 443,
  });
});

Deno.test("clusterOptions: has the time of --scrub in days, of which 0 is never", () => {
  const scrubMsOf = (...args: string[]) => optionsOf("--cluster", "a", ...args)!.scrubMs;
  assertEquals(scrubMsOf(), undefined);
  assertEquals(scrubMsOf("--scrub", "0"), null);
  assertEquals(scrubMsOf("--scrub", "1"), 24 * 60 * 60 * 1_000);
  assertEquals(scrubMsOf("--scrub", "3650"), 3_650 * 24 * 60 * 60 * 1_000);
  assertThrows(() => scrubMsOf("--scrub", "3651"), UsageError);
});

Deno.test("clusterOptions: leaves the port of --advertise open where it names none", () => {
  for (const [value, host] of [["a", "a"], ["::1", "::1"], ["[::1]", "::1"]] as const) {
    const { port, ...options } = optionsOf("--cluster", "a", "--advertise", value)!;
    assertEquals([options.host, port], [host, undefined]);
  }
  const { host, port } = optionsOf("--cluster", "a", "--advertise", "[::1]:7")!;
  assertEquals([host, port], ["::1", 7]);
  assertStringIncludes(mistake("--cluster", "a", "--advertise", "a b"), "--advertise must be");
});

Deno.test("clusterOptions: refuses other names and numbers of copies, and --alone", () => {
  for (const name of ["A", "a.b", "x".repeat(33), "é", "a*"]) {
    assertStringIncludes(mistake("--cluster", "a", "--cluster-name", name), "--cluster-name must");
  }
  assertEquals(optionsOf("--cluster", "a", "--cluster-name", "x".repeat(32))!.name.length, 32);
  for (const copies of ["0", "101", "-1", "1.5", "ALL"]) {
    assertStringIncludes(mistake("--cluster", "a", `--copies=${copies}`), "--copies must");
  }
  assertEquals(optionsOf("--cluster", "a", "--copies", "100")!.copies, 100);
  assertStringIncludes(mistake("--cluster", "a", "--alone"), "--alone leaves a cluster");
});
