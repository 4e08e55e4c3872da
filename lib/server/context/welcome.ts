import type { Hub } from "../../chat/hub.ts";
import type { Member } from "../../chat/member.ts";

/** Tells a member that has come, and to which events can be sent now, what waits for it. */
export function welcome(hub: Hub, member: Member | null): void {
  if (member === null) return;
  hub.standing.tellTo(member);
  hub.privateMessages.deliverKept(member);
}
