import { type Installed, isWorkspace } from './lock.ts'

export interface SbomOptions {
  /** Such as `medqueue-booking`. */
  name: string
  version: string
  nodeVersion: string
  installed: readonly Installed[]
}

/** The image's contents as CycloneDX 1.6: our own packages, every npm package with its hash, and Node itself. */
export function sbomOf({ name, version, nodeVersion, installed }: SbomOptions): object {
  const root = { type: 'application', 'bom-ref': name, name, version, ...licence('Apache-2.0') }
  const components = installed.map((one) => (isWorkspace(one) ? workspace(one) : library(one)))
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: root },
    components: [
      {
        type: 'platform',
        'bom-ref': `node@${nodeVersion}`,
        name: 'node',
        version: nodeVersion,
        purl: `pkg:generic/node@${nodeVersion}`,
      },
      ...components,
    ],
  }
}

function workspace({ name, path, entry }: Installed): object {
  return {
    type: 'library',
    'bom-ref': path,
    name,
    version: entry.version ?? '0.0.0',
    ...licence(entry.license),
  }
}

function library({ name, path, entry }: Installed): object {
  const version = entry.version ?? ''
  return {
    type: 'library',
    'bom-ref': path,
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...licence(entry.license),
    ...hashes(entry.integrity),
  }
}

/** One licence has an identifier; a choice between several is an expression. */
function licence(text: string | undefined): object {
  if (text === undefined) return {}
  return { licenses: [/\s/.test(text) ? { expression: text } : { license: { id: text } }] }
}

/** npm notes hashes in base64 with their algorithm before them; CycloneDX wants hexadecimal. */
function hashes(integrity: string | undefined): object {
  const match = /^sha(\d+)-(.+)$/.exec(integrity ?? '')
  if (match === null) return {}
  const [, bits = '', content = ''] = match
  return { hashes: [{ alg: `SHA-${bits}`, content: Buffer.from(content, 'base64').toString('hex') }] }
}
