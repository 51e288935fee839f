/** Where in what was found the less likely ones begin, from 0; -1: nowhere. */
export const parting = (found: readonly { sure?: boolean }[]): number => found.findIndex((one) => one.sure === false);
