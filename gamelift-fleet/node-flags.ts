/**
 * What Node is started with wherever a zone process runs. A tick makes little garbage, and what has come with many who
 * enter at once would lie in a large young generation for seconds, to be moved out of it in one pause of 6–11 ms; out of 8 MB
 * it goes in pauses of 1.5–4 ms (README, "How fast").
 */
export const zoneProcessFlags = ['--max-semi-space-size=8'] as const;
