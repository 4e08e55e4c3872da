import { type Client } from "../../lib/client/client.ts";
import { connect } from "../../lib/client/connect.ts";
import { type ConnectOptions } from "../../lib/client/connect_options.ts";
import { within } from "./deadline.ts";

/**
 * A client that records the chat, with protocol 1 by default. Disposal sends QUIT if it still can.
 */
export class TestClient implements AsyncDisposable {
  readonly client: Client;
  /** Chat messages so far. */
  readonly heard: string[];

  private constructor(client: Client, heard: string[]) {
    this.client = client;
    this.heard = heard;
  }

  /** Connects to a port of this machine. */
  static async connect(
    port: number,
    options: Partial<ConnectOptions> = {},
  ): Promise<TestClient> {
    const heard: string[] = [];
    const onChat = (text: string) => {
      heard.push(text);
      options.onChat?.(text);
    };
    return new TestClient(
      await connect({ hostname: "127.0.0.1", port, protocol: 1, ...options, onChat }),
      heard,
    );
  }

  /** The reason why the connection ended, once it has. */
  closed(): ReturnType<Client["quit"]> {
    return within(this.client.closed, "the end of the connection", () => this.client.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.client.isClosed) await this.client.quit();
    await this.client.closed;
  }
}
