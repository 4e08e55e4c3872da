import { assertEquals, assertThrows } from "@std/assert";
import { hintsOf } from "../../lib/cli/client/hints_of.ts";
import { serveMetrics } from "../../lib/cli/server/serve_metrics.ts";
import { makeLocale, withHints } from "../../lib/cli/texts/locale.ts";
import { RequestError, type RequestErrorReason } from "../../lib/protocol/errors.ts";

const RUN = { protocol: "auto", replace: false, user: undefined };
const REPLACE = {
  replace: { kind: "flag", group: "common", help: { en: "", "pt-BR": "" } },
} as const;

/** The hints of an error in a run and in another one. */
function hints(
  error: RequestError,
  ...runs: ReadonlyArray<Readonly<Parameters<typeof hintsOf>>>
): Array<string | null> {
  return runs.map((run) => withHints(makeLocale("en"), hintsOf(...run)).failure(error).hint);
}

function refusal(reason: RequestErrorReason): RequestError {
  return new RequestError("unsupported", undefined, { reason });
}

Deno.test("hintsOf: names protocol 2 as not answered only where it was asked for", () => {
  assertEquals(hints(refusal("protocol-1"), [RUN, {}], [{ ...RUN, protocol: "1" }, {}]), [
    "It did not answer in protocol 2: it is an original server, or no tcp-chat server. Is the port right?",
    "--protocol 1 asks for that: without it, protocol 2 is spoken where the server can.",
  ]);
});

Deno.test("hintsOf: names --replace only where the command has it, and was given none", () => {
  const runs = [[RUN, REPLACE], [RUN, {}], [{ ...RUN, replace: true }, REPLACE]] as const;
  assertEquals(hints(new RequestError("exists"), ...runs), [
    "--replace replaces it, if you have the right to.",
    null,
    null,
  ]);
});

Deno.test("hintsOf: asks for another account where one was given", () => {
  const runs = [[RUN, {}], [{ ...RUN, user: "ana" }, {}]] as const;
  assertEquals(hints(new RequestError("denied"), ...runs), [
    "Does an account have the right? --user NAME logs in.",
    "Does another account have the right? --user NAME logs in.",
  ]);
});

Deno.test("serveMetrics: names its own option where its port is in use", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const locale = makeLocale("en");
  const place = String(taken.addr.port);
  const error = assertThrows(() => serveMetrics({ current: null }, place, locale));
  const { message, hint, exitCode } = locale.failure(error);
  assertEquals([message, hint, exitCode], [
    `Cannot listen on 127.0.0.1:${place}: the port is in use`,
    "Choose another port with --metrics.",
    3,
  ]);
});
