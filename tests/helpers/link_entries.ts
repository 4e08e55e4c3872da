import fc from "fast-check";
import type { EntryOf, LogEntry } from "../../lib/cluster/entry.ts";
import { verifierOf } from "./account_entries.ts";

/** Ids of links. */
export const LINKS = ["aaaaaaaa", "bbbbbbbb", "22222222"] as const;

/** The entry that makes a link, by default one to fetch `docs` for two claims. */
export function linkOf(link: string, more: Partial<EntryOf<"link">> = {}): EntryOf<"link"> {
  return {
    kind: "link",
    link,
    use: "get",
    path: "docs",
    truePath: "docs",
    creator: { name: "ana", createdMs: 5 },
    lifeMs: 60_000,
    count: 2,
    sizeBytes: null,
    note: null,
    verifier: verifierOf("a"),
    ...more,
  };
}

const link = fc.constantFrom(...LINKS);

/** Entries about links. Few ids and short lives, so that they meet. */
export const linkEntry: fc.Arbitrary<LogEntry> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      link,
      use: fc.constantFrom("get" as const, "put" as const),
      lifeMs: fc.integer({ min: 1, max: 100 }),
      count: fc.option(fc.integer({ min: 1, max: 2 }), { nil: null }),
      sizeBytes: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
    }).map(({ link, ...more }): LogEntry => linkOf(link, more)),
  },
  { weight: 1, arbitrary: link.map((link): LogEntry => ({ kind: "unlink", link })) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("claim" as const),
      link,
      claim: fc.constantFrom("one", "two", "three"),
    }),
  },
);
