/** The file worker's entry, in a thread that counts its calls: see `crash_server_child.ts`. */
import "./crash_worker_point.ts"; // First
import "../../lib/worker/main.ts";
