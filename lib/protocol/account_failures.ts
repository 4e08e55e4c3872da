import type { Language, RequestErrorReason } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** The reasons of failed logins and of failed changes to accounts. */
export type AccountErrorReason = Extract<
  RequestErrorReason,
  `account-${string}` | `login-${string}` | `password-${string}`
>;

/** The text of each reason. FAIL carries that of `login-delayed`; the programs show all of them. */
export const ACCOUNT_FAIL_TEXTS: Readonly<
  Record<AccountErrorReason, Readonly<Record<Language, string>>>
> = {
  "account-exists": {
    en: "There is an account of this name already",
    "pt-BR": "Já existe uma conta com este nome",
  },
  "account-name": {
    en: `The name of an account has 1 to ${LIMITS.nickCharacters} letters, digits, _, - or .`,
    "pt-BR":
      `O nome de uma conta tem de 1 a ${LIMITS.nickCharacters} letras, algarismos, _, - ou .`,
  },
  "account-reserved": {
    en: "No account can have this name",
    "pt-BR": "Nenhuma conta pode ter este nome",
  },
  "account-unknown": {
    en: "There is no account of this name",
    "pt-BR": "Não existe conta com este nome",
  },
  "login-delayed": {
    en: "Too many failed logins, try again later",
    "pt-BR": "Muitas tentativas de login falharam, tente mais tarde",
  },
  "login-unproven": {
    en: "The server does not prove that it knows this account: it may not be the one it claims",
    "pt-BR": "O servidor não prova que conhece esta conta: talvez não seja quem diz ser",
  },
  "password-character": {
    en: "The password has characters that passwords cannot have, such as emoji or control codes",
    "pt-BR": "A senha tem caracteres que senhas não podem ter, como emojis ou códigos de controle",
  },
  "password-empty": { en: "The password is empty", "pt-BR": "A senha está vazia" },
  "password-long": {
    en: `The password is longer than ${LIMITS.passwordBytes} bytes`,
    "pt-BR": `A senha tem mais de ${LIMITS.passwordBytes} bytes`,
  },
};
