/** Text as it is compared: case and accents do not count, however they are encoded. */
export const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
