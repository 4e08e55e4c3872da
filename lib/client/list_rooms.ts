import type { RoomInfo } from "../protocol/chat_answers.ts";
import { Fields } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** Rooms of a server at the most. */
const MAX_ROOMS = LIMITS.rooms + LIMITS.roomsRemembered;

/**
 * The rooms of the server, the largest first, then those that have only messages.
 *
 * @throws as requests do
 */
export async function listRooms(server: Protocol2Client): Promise<RoomInfo[]> {
  const rooms = server.hello.features.includes("rooms")
    ? await readPages(server)
    : decodeRooms(new Fields(await server.request("ROOM", {})));
  return rooms.sort((a, b) => b.members - a.members || (a.room < b.room ? -1 : 1));
}

/** Asks for page after page. A server whose pages do not go on is asked for no more. */
async function readPages(server: Protocol2Client): Promise<RoomInfo[]> {
  const rooms: RoomInfo[] = [];
  for (let after = "", isMore = true; isMore && rooms.length < MAX_ROOMS;) {
    const page = new Fields(await server.request("ROOM", { after }));
    rooms.push(...decodeRooms(page));
    const last = rooms.at(-1)?.room ?? "";
    isMore = readAnswer(() => page.flag("more")) && last > after;
    after = last;
  }
  return rooms;
}

function decodeRooms(answer: Fields): RoomInfo[] {
  const decode = (room: Fields): RoomInfo => ({
    room: room.text("room"),
    members: room.integer("members"),
    seq: room.integer("seq"),
    ...(room.has("topic") && { topic: room.text("topic") }),
  });
  return readAnswer(() => answer.objects("rooms").map(decode));
}
