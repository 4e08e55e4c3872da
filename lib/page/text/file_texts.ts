import type { Text } from "../../protocol/fill_text.ts";

/** The texts of the files. */
export const FILE_TEXTS = {
  allFiles: { en: "All files", "pt-BR": "Todos os arquivos" },
  path: { en: "Folder", "pt-BR": "Pasta" },
  selectRow: { en: "Select {name}", "pt-BR": "Selecionar {name}" },
  get: { en: "Get", "pt-BR": "Baixar" },
  refresh: { en: "Refresh", "pt-BR": "Atualizar" },
  filter: { en: "Filter", "pt-BR": "Filtrar" },
  columnName: { en: "Name", "pt-BR": "Nome" },
  columnSize: { en: "Size", "pt-BR": "Tamanho" },
  columnModified: { en: "Changed", "pt-BR": "Alterado" },
  columnActions: { en: "Actions", "pt-BR": "Ações" },
  entries: { en: "{shown} {count|entry|entries}", "pt-BR": "{shown} {count|item|itens}" },
  entriesOf: { en: "{shown} of {total}", "pt-BR": "{shown} de {total}" },
  loading: { en: "Loading…", "pt-BR": "Carregando…" },
  readOnly: { en: "You can only get files here", "pt-BR": "Só para baixar" },
  uploadsOff: {
    en: "This server takes no files",
    "pt-BR": "Este servidor não recebe arquivos",
  },
  dropInFolder: { en: "Drop to send to {folder}", "pt-BR": "Solte para enviar a {folder}" },
  detailsOf: { en: "Details of {name}", "pt-BR": "Detalhes de {name}" },
  checkFile: { en: "Check a file", "pt-BR": "Conferir arquivo" },
} as const satisfies Record<string, Text>;
