import type { Language } from "../../protocol/errors.ts";
import type { Link, LinkCreator } from "../../accounts/link.ts";

/** What has come by a link since its creator was last told. */
export interface LinkArrival {
  readonly creator: LinkCreator;
  /** The id of the link. */
  readonly link: string;
  /** How many files. */
  readonly count: number;
  /** The last one. */
  readonly path: string;
}

/** The files that come by links, to be told to the creators now and then: not each file of thousands. */
export class LinkNews {
  readonly #arrivals = new Map<string, LinkArrival>();

  /** Adds a file. One by a link that no account has made is told to no account. */
  add({ id: link, creator }: Pick<Link, "id" | "creator">, path: string): void {
    if (creator === null) return;
    const count = (this.#arrivals.get(link)?.count ?? 0) + 1;
    this.#arrivals.set(link, { creator, link, count, path });
  }

  /** What has come by each link since the last call. */
  take(): readonly LinkArrival[] {
    const arrivals = [...this.#arrivals.values()];
    this.#arrivals.clear();
    return arrivals;
  }
}

/** The notice for the creator, in the server's language. */
export function describeArrival(
  { link, count, path }: Omit<LinkArrival, "creator">,
  language: Language,
): string {
  if (language === "pt-BR") {
    return count === 1
      ? `${path} chegou pelo seu link ${link}`
      : `${count} arquivos chegaram pelo seu link ${link}, o último é ${path}`;
  }
  return count === 1
    ? `${path} has come by your link ${link}`
    : `${count} files have come by your link ${link}, the last is ${path}`;
}
