import { Document, isScalar, visit, type YAMLMap, type YAMLSeq } from 'yaml'

import { type Container, HARDENED } from './container.ts'
import { VOLUMES } from './servers.ts'

const HEAD = ` Written by \`make generate-compose\`: change tools/compose, or what it reads. How to use it: tools/compose/README.md.
 \`make compose\` builds the images, writes .env and starts this; after that \`docker compose up\` and \`down\` do.`
/** Lists up to this length stand on one line. */
const SHORT = 100

/** The Compose file of these containers. What is in \`\${}\` comes from .env. */
export function composeFile(containers: Readonly<Record<string, Container>>): string {
  const content = {
    name: 'medqueue',
    'x-hardened': HARDENED,
    services: containers,
    networks: {
      services: {},
      // Nothing in here can be reached from outside, and nothing in here reaches the outside.
      servers: { internal: true },
    },
    volumes: Object.fromEntries(Object.keys(VOLUMES).map((name) => [name, {}])),
  }
  // Compose takes `no` for what YAML 1.1 takes it.
  const document = new Document(content, { aliasDuplicateObjects: false, version: '1.1' })
  document.commentBefore = HEAD
  harden(document)
  visit(document, {
    Seq: (_key, node) => void (node.flow = isShort(node)),
    Map: (_key, node) => void (node.flow = node.items.length === 1 && isScalar(node.items[0]?.value)),
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, nullStr: '' })
}

/** Puts what all have in common before what each has of its own. */
function harden(document: Document): void {
  const hardened = document.get('x-hardened') as YAMLMap
  hardened.anchor = 'hardened'
  for (const { value } of (document.get('services') as YAMLMap).items) {
    const { items } = value as YAMLMap
    items.unshift(document.createPair('<<', document.createAlias(hardened, 'hardened')))
  }
}

function isShort({ items }: YAMLSeq): boolean {
  if (!items.every((item) => isScalar(item))) return false
  return items.reduce((sum, item) => sum + String(item.value).length + 4, 0) <= SHORT
}
