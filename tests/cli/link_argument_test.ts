import { assertEquals, assertRejects } from "@std/assert";
import { withLink } from "../../lib/cli/client/link_argument.ts";
import { CLIENT_COMMANDS } from "../../lib/cli/client/client_program.ts";
import type { TypedArguments } from "../../lib/cli/client/resolve_arguments.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";

const KEY = `abcdefgh.${"A".repeat(20)}`;

/** What `get` takes of a link that is given in place of an address. */
async function given(link: string): Promise<unknown> {
  const { operands, options } = CLIENT_COMMANDS.get!;
  const typed = { values: { link }, operands, options } as unknown as TypedArguments;
  const { values, args } = await withLink(
    { ...typed, positionals: [] },
    new AbortController(),
    makeLocale("en"),
  );
  return [values.link, args];
}

Deno.test("withLink: takes an address with a link, alone or in the line that share prints, and a bare key", async () => {
  const address = `tcp-chat://localhost/docs?link=${KEY}`;
  for (const text of [address, `tcp-chat get '${address}'`]) {
    assertEquals(await given(text), [undefined, [address]]);
  }
  assertEquals(await given(KEY), [KEY, []]);
});

Deno.test("withLink: says so where a text is no link, also of an address without one", async () => {
  const none = ["hello", "http://localhost:5555/", "tcp-chat://localhost", "tcp-chat://h/docs?tls"];
  for (const text of none) {
    await assertRejects(() => given(text), UsageError, "This is no link of tcp-chat", text);
  }
});
