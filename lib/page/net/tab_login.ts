import type { SaltedPassword } from "../../accounts/scram_client.ts";
import { RequestError } from "../../protocol/errors.ts";

/** What a tab keeps of a login, so that a reload logs in again: not the password. */
export interface KeptLogin {
  readonly user: string;
  readonly iterations: number;
  /** In base64, as `salted`. */
  readonly salt: string;
  readonly salted: string;
}

/** A name and a password, prepared for logins; or what was kept of them. */
export interface TabLogin {
  /** The name, prepared. */
  readonly user: string;
  readonly password: SaltedPassword;
  /** For a link: names this receiver. */
  readonly claim?: string;
}

/** A login from what was kept of it. It fails once the password has been changed. */
export function restoreLogin(kept: KeptLogin): TabLogin {
  return {
    user: kept.user,
    password: {
      salted(salt: Uint8Array, iterations: number): Promise<Uint8Array> {
        const isSame = salt.toBase64() === kept.salt && iterations === kept.iterations;
        if (isSame) return Promise.resolve(Uint8Array.fromBase64(kept.salted));
        return Promise.reject(new RequestError("auth-failed"));
      },
    },
  };
}
