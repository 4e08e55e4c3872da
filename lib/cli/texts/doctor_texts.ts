import type { Finding } from "../../client/findings.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { FindingText } from "./check_text.ts";
import { SERVICE_TEXTS } from "./connection_texts.ts";
import { SERVER_CHECK_TEXTS } from "./doctor_server_texts.ts";
import { WAY_TEXTS } from "./doctor_way_texts.ts";

/** The names of the checks. */
export const CHECK_NAMES: Readonly<Record<string, Text>> = {
  name: { en: "name", "pt-BR": "nome" },
  network: { en: "network", "pt-BR": "rede" },
  port: { en: "port", "pt-BR": "porta" },
  proxy: { en: "proxy", "pt-BR": "proxy" },
  server: { en: "server", "pt-BR": "servidor" },
  tls: { en: "TLS", "pt-BR": "TLS" },
  clock: { en: "clock", "pt-BR": "relógio" },
  login: { en: "login", "pt-BR": "login" },
  answers: { en: "answers", "pt-BR": "respostas" },
  packets: { en: "packets", "pt-BR": "pacotes" },
  speed: { en: "speed", "pt-BR": "velocidade" },
  address: { en: "address", "pt-BR": "endereço" },
  firewall: { en: "firewall", "pt-BR": "firewall" },
  descriptors: { en: "descriptors", "pt-BR": "descritores" },
  root: { en: "files", "pt-BR": "arquivos" },
  data: { en: "data", "pt-BR": "dados" },
  database: { en: "database", "pt-BR": "banco" },
  rules: { en: "rules", "pt-BR": "regras" },
};

/** What is said of each finding of a client. */
export const DOCTOR_TEXTS: Readonly<Record<Finding, FindingText>> = {
  ...WAY_TEXTS,
  ...SERVER_CHECK_TEXTS,
};

/** Words in the data of findings, by the names of the data. */
export const DATA_WORDS: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  side: {
    ahead: { en: "ahead", "pt-BR": "adiantado" },
    behind: { en: "behind", "pt-BR": "atrasado" },
  },
  service: {
    ...SERVICE_TEXTS,
    silence: { en: "a service that says nothing", "pt-BR": "um serviço que não diz nada" },
  },
};
