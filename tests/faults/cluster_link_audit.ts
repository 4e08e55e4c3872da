import { DatabaseSync } from "node:sqlite";
import { CheckError } from "./checks.ts";
import { databaseIn } from "./cluster_audit.ts";
import { type Fate, type SharedLink, type Sharer, visit } from "./cluster_share.ts";
import type { ClusterServer } from "./cluster_world.ts";

/** A link as a server has stored it. */
interface StoredLink {
  readonly id: string;
  readonly note: string;
  /** How many claims were taken … */
  readonly taken: number;
  readonly left: number;
  /** … and which. */
  readonly claims: ReadonlySet<string>;
  readonly isRevoked: boolean;
}

/** Checks what has come of all links that were asked for: in the rows of one server, and at all of them. */
export async function checkLinks(
  servers: readonly Pick<ClusterServer, "name" | "data" | "port">[],
  sharers: readonly Sharer[],
): Promise<void> {
  const stored = linksOf(servers[0]!.data);
  for (const note of stored.keys()) {
    if (sharers.some((sharer) => sharer.hasAskedFor(note))) continue;
    throw new CheckError(`The link "${note}" was never asked for`);
  }
  for (const { wrong, links } of sharers) {
    if (wrong.length > 0) throw new CheckError(wrong.join("; "));
    for (const link of links) checkLink(link, stored.get(link.note) ?? null);
    for (const link of links.filter(({ id, isTried }) => id !== null && !isTried)) {
      for (const server of servers) await tryLink(link, stored.get(link.note)!, server);
      link.isTried = true;
    }
  }
}

/** The stored links by their notes, of which no two are the same. */
function linksOf(data: string): Map<string, StoredLink> {
  using database = new DatabaseSync(databaseIn(data), { readOnly: true });
  const claimsOf = database.prepare("SELECT claim FROM link_claims WHERE link = ?");
  const links = new Map<string, StoredLink>();
  for (const row of database.prepare("SELECT * FROM links").all()) {
    const [id, note, left] = [String(row.id), String(row.note), Number(row.claims_left)];
    if (links.has(note)) throw new CheckError(`The link "${note}" is stored twice`);
    const claims = new Set(claimsOf.all(id).map(({ claim }) => String(claim)));
    const isRevoked = row.revoked_ms !== null;
    links.set(note, { id, note, taken: Number(row.count) - left, left, claims, isRevoked });
  }
  return links;
}

/** Checks the row of a link that was asked for; `null` if there is none. */
function checkLink(link: SharedLink, stored: StoredLink | null): void {
  checkFate(`The link "${link.note}"`, link.made, stored !== null);
  if (stored === null) return;
  if (link.id !== null && link.id !== stored.id) {
    throw new CheckError(`The link "${link.note}" got DONE as ${link.id}, and is ${stored.id}`);
  }
  checkFate(`The end of the link "${link.note}"`, link.revoked ?? "refused", stored.isRevoked);
  for (const [claim, fate] of link.claims) checkFate(claim, fate, stored.claims.has(claim));
  for (const claim of stored.claims) {
    if (!link.claims.has(claim)) throw new CheckError(`"${claim}" was never asked for`);
  }
  if (stored.taken === stored.claims.size && stored.left >= 0) return;
  const counted = `${stored.taken} of ${link.count} are counted`;
  throw new CheckError(`"${link.note}" has ${stored.claims.size} claims, and ${counted}`);
}

function checkFate(what: string, fate: Fate, isThere: boolean): void {
  if (fate === "done" && !isThere) throw new CheckError(`${what} got DONE, and is lost`);
  if (fate === "refused" && isThere) throw new CheckError(`${what} was refused, and is stored`);
}

/** Checks how a server receives those that come by a link: one that it has let in, and a new one. */
async function tryLink(
  link: SharedLink,
  { isRevoked, left, claims }: StoredLink,
  { name, port }: Pick<ClusterServer, "name" | "port">,
): Promise<void> {
  const [known] = claims;
  const visits = [[
    `${link.note} claim new`,
    isRevoked ? "link-revoked" : left === 0 ? "link-used" : "",
  ]];
  if (known !== undefined) visits.push([known, isRevoked ? "link-revoked" : ""]);
  for (const [claim = "", wanted = ""] of visits) {
    const refusal = await refusalOf(visit(port, link, claim));
    const isRight = wanted === "" ? refusal === "" : refusal.includes(`"${wanted}"`);
    if (isRight) continue;
    throw new CheckError(`${name}: "${claim}" should get "${wanted}", and got "${refusal}"`);
  }
}

async function refusalOf(visitor: Promise<Disposable>): Promise<string> {
  try {
    using _ = await visitor;
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
