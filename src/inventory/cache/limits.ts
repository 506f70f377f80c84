/** Endpoints that are kept; beyond, those go that were not heard of for the longest time. */
export const MOST_ENDPOINTS = 16_384;

/** And so much text of them. */
export const MOST_CHARACTERS = 33_554_432;
