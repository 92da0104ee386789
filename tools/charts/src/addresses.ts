/** Patterns of addresses, without anchors; Helm's expressions know no look-ahead. */
const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const IPV4 = `(${OCTET}\\.){3}${OCTET}`
const HEX = '[0-9a-fA-F]{1,4}'

/** Two colons stand for one group of zeros or more, once. */
const IPV6 = alternatives(
  `(${HEX}:){7}${HEX}`,
  `(${HEX}:){1,7}:`,
  ...[1, 2, 3, 4, 5, 6].map((after) => `(${HEX}:){1,${7 - after}}(:${HEX}){${after}}`),
  `:((:${HEX}){1,7}|:)`,
)

const FROM_1_TO_32 = '([12][0-9]|3[0-2]|[1-9])'
const FROM_1_TO_128 = '(1[01][0-9]|12[0-8]|[1-9][0-9]|[1-9])'

/** A network as the API server takes it. */
export const CIDR = alternatives(`${IPV4}/(0|${FROM_1_TO_32})`, `${IPV6}/(0|${FROM_1_TO_128})`)

/** Whom a process believes. It refuses to believe everybody. */
export const PROXY = alternatives(
  'loopback',
  'linklocal',
  'uniquelocal',
  `${IPV4}(/${FROM_1_TO_32})?`,
  `(${IPV6}|::[fF]{4}:${IPV4})(/${FROM_1_TO_128})?`,
)

/** A TCP port from 1. */
export const PORT = '([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'

function alternatives(...patterns: readonly string[]): string {
  return `(${patterns.join('|')})`
}
