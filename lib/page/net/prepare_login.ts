import { RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { installBuffer } from "./buffer_shim.ts";
import type { KeptLogin, TabLogin } from "./tab_login.ts";

/** SASLprep changes nothing of these. */
const PLAIN = /^[\x20-\x7e]+$/;

/**
 * Prepares a name and a password as they were typed.
 *
 * @param keep called with what is to be kept, once the server has told its salt
 * @param load waits for a part of the page, as `loadPart` does
 * @throws {RequestError} `bad-request` when no account can have them
 */
export async function prepareLogin(
  user: string,
  password: string,
  keep: (login: KeptLogin) => void,
  load: <T>(loading: Promise<T>) => Promise<T> = (loading) => loading,
): Promise<TabLogin> {
  const isPlain = PLAIN.test(user) && PLAIN.test(password) &&
    password.length <= LIMITS.passwordBytes;
  const prepared = isPlain ? { user, password } : await prepareBoth(user, password, load);
  const salted = new Map<string, Promise<Uint8Array>>();
  return {
    user: prepared.user,
    password: {
      async salted(salt: Uint8Array, iterations: number): Promise<Uint8Array> {
        const key = `${iterations} ${salt.toBase64()}`;
        const work = salted.get(key) ?? saltLater(prepared.password, salt, iterations);
        salted.set(key, work);
        const result = await work;
        keep({
          user: prepared.user,
          iterations,
          salt: salt.toBase64(),
          salted: result.toBase64(),
        });
        return result;
      },
    },
  };
}

/** Guests do not need what salts a password; who logs in has loaded it. */
async function saltLater(password: string, salt: Uint8Array, iterations: number) {
  const { SCRAM } = await import("./scram.ts");
  return await SCRAM.saltPassword(password, salt, iterations);
}

/** The tables of SASLprep are large: a page loads them only where they change something. */
async function prepareBoth(
  user: string,
  password: string,
  load: <T>(loading: Promise<T>) => Promise<T>,
): Promise<Record<"user" | "password", string>> {
  installBuffer();
  const { prepareUser, preparePassword } = await load(import("../../accounts/prepare.ts"));
  const prepared = prepareUser(user);
  if (prepared === null) {
    const detail = "Cannot log in: no account can have this name";
    throw new RequestError("bad-request", detail, { reason: "account-name" });
  }
  return { user: prepared, password: preparePassword(password) };
}
