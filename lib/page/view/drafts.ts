/** What was typed in each conversation and not sent, by the conversation's id. */
export const drafts = new Map<string, string>();
