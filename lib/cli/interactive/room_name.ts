/** The room that a person names: `#Ops` is `ops`. */
export function parseRoomName(text: string): string {
  return text.trim().replace(/^#/, "").toLowerCase();
}
