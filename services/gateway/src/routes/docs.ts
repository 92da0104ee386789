import swaggerUi from '@fastify/swagger-ui'
import type { Service } from '@medqueue/service-kit'

import type { OpenApi } from '../domain/openapi.ts'

/** Scripts, styles and pictures come from here alone. */
const CSP = {
  'default-src': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'style-src': "'self' 'unsafe-inline'",
}

/** `/openapi.json` and `/docs` show the merged document of all services. */
export async function addDocs(app: Service, document: () => OpenApi): Promise<void> {
  // JSON is YAML too.
  app.swagger = ((options?: { yaml?: boolean }) => {
    return options?.yaml === true ? JSON.stringify(document()) : document()
  }) as typeof app.swagger
  await app.register(async (docs: Service) => {
    docs.defaultPermission = 'public'
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: CSP,
      theme: { title: 'Medqueue API' },
      uiConfig: { docExpansion: 'list', persistAuthorization: false, tryItOutEnabled: true },
    })
  })
}
