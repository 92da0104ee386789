import type { Service } from '@medqueue/service-kit'

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Medqueue</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
  li { margin: .4rem 0 }
</style>
</head>
<body>
<main>
<h1>Medqueue</h1>
<p>An open appointment platform for hospitals and clinics. This is the entry point of its API.</p>
<ul>
<li><a href="/docs">API documentation</a>: every route, and who may call it</li>
<li><a href="/openapi.json">OpenAPI document</a>: the same for programs</li>
<li><a href="/v1/doctors">Doctors</a>, <a href="/v1/clinics">clinics</a>, <a href="/v1/specialties">specialties</a></li>
<li><a href="/readyz">Health</a> of this gateway, and its <a href="/metrics">figures</a></li>
</ul>
</main>
</body>
</html>
`

/** No script, nothing from elsewhere, in no frame. */
const CSP =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `GET /` says what this is. */
export async function landingRoutes(app: Service): Promise<void> {
  app.get('/', { config: { permission: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': CSP,
        'cache-control': 'public, max-age=300',
      })
      .send(PAGE)
  })
}
