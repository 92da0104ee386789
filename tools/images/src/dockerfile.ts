import type { AppImage } from './catalog.ts'

/** The Dockerfile of one service or controller. All of them are alike, so they are written from this one text. */
export function dockerfileOf({ name, folder, title, entry, nodeOptions }: AppImage): string {
  const options = nodeOptions === undefined ? '' : `ENV NODE_OPTIONS="${nodeOptions}"\n`
  return `# Written by \`make generate-dockerfiles\`. Built by \`make images\`, which prepares the context.
#
# The image below it holds Node, the production dependencies and the shared packages, so that all services share them.
ARG APP_IMAGE
FROM \${APP_IMAGE}

ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="medqueue-${name}" \\
      org.opencontainers.image.description="${title}" \\
      org.opencontainers.image.version="\${VERSION}" \\
      org.opencontainers.image.revision="\${REVISION}" \\
      org.opencontainers.image.licenses="Apache-2.0"

COPY ${folder} ${folder}
COPY sbom/${name}.cdx.json sbom.cdx.json
${options}CMD ["${entry}"]
`
}

/** An image made of files alone. */
export interface FilesImage {
  title: string
  /** Image below it; without one there is nothing but the files. */
  from?: string
  entrypoint: readonly string[]
  cmd?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** What ends it in good order; SIGTERM unless told otherwise. */
  stopSignal?: NodeJS.Signals
}

/** The Dockerfile of an image whose context holds exactly its files. */
export function filesDockerfile(image: FilesImage): string {
  const { title, from = 'scratch', entrypoint, cmd, env = {}, stopSignal } = image
  const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', ...env }
  return [
    `FROM ${from}`,
    `LABEL org.opencontainers.image.title="${title}"`,
    ...Object.entries(variables).map(([name, value]) => `ENV ${name}=${value}`),
    'COPY . /',
    'USER 65532:65532',
    ...(stopSignal === undefined ? [] : [`STOPSIGNAL ${stopSignal}`]),
    `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
    ...(cmd === undefined ? [] : [`CMD ${JSON.stringify(cmd)}`]),
    '',
  ].join('\n')
}
