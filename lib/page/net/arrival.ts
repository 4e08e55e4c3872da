import { parseLinkKey } from "../../protocol/link_key.ts";
import type { KeptTexts } from "../text/kept.ts";
import { findClaim, isClaim, keepClaim } from "./link_claims.ts";

/** Rooms that a link may bring: as many as a person reads. */
const MAX_ROOMS = 20;

/** The nick of a guest and the rooms of this tab, as a link to another server of the cluster ends with them. */
export function formatArrival(): string {
  const kept = ["nick", "rooms"].flatMap((name) => {
    const value = quietly(() => sessionStorage.getItem(name));
    return value === null ? [] : [[name, value]];
  });
  return kept.length === 0 ? "" : `?${new URLSearchParams(kept)}`;
}

/** The address of a page that has come by a link to files, as such a link has it: with the claim of this browser. */
export function formatPlace(hash: string): string {
  const [, , key = ""] = hash.split("/");
  const browser = { get: (name: string) => quietly(() => localStorage.getItem(name)) };
  const claim = findClaim(parseLinkKey(key)?.id ?? "", browser);
  return claim === null ? hash : `${hash}?${new URLSearchParams({ claim })}`;
}

/**
 * Takes over what such a link has brought, where this tab or browser has nothing of its own, and takes it off the
 * address.
 *
 * @param key of the link to files that the address names; `null` for none
 */
export function takeArrival(key: string | null, browser: KeptTexts): void {
  const [place = "", query = ""] = location.hash.split("?");
  const brought = new URLSearchParams(query);
  const link = parseLinkKey(key ?? "");
  const claim = brought.get("claim") ?? "";
  // For each server, a browser is another one: the receiver is the same
  if (link !== null && isClaim(claim)) keepClaim(link.id, claim, browser);
  keep("nick", brought.get("nick"));
  keep("rooms", roomsOf(brought.get("rooms") ?? ""));
  history.replaceState(null, "", place);
}

function keep(name: string, value: string | null): void {
  quietly(() => {
    if (value !== null && sessionStorage.getItem(name) === null) {
      sessionStorage.setItem(name, value);
    }
    return null;
  });
}

/** The list of rooms as it is kept; `null` for what is none: anyone can write such a link. */
function roomsOf(text: string): string | null {
  const rooms: unknown = quietly(() => JSON.parse(text));
  const isList = Array.isArray(rooms) && rooms.every((room) => typeof room === "string");
  return isList ? JSON.stringify(rooms.slice(0, MAX_ROOMS)) : null;
}

/** `null` where the work throws, as storage does in some private windows. */
function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
