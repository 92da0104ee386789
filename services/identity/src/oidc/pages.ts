import { hash } from 'node:crypto'

/** Pages a person sees. No script, no image, no font: one document and a style the policy names by its hash. */
const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText }
main { width: min(22rem, 100% - 2rem) }
h1 { font-size: 1.5rem; margin: 0 0 1rem }
label { display: block; font-weight: 600; margin-top: 1rem }
input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem .7rem; border-radius: .4rem }
input { border: 1px solid GrayText; background: Field; color: FieldText }
button { margin-top: 1.5rem; border: 1px solid #0b57d0; background: #0b57d0; color: #fff; cursor: pointer }
button.plain { margin-top: .75rem; background: transparent; color: inherit; border-color: GrayText }
:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px }
[role=alert] { border-left: 4px solid #b3261e; padding: .5rem .75rem; margin: 0 0 1rem }
`
const STYLE_HASH = `'sha256-${hash('sha256', STYLE, 'base64')}'`

/** Headers of every page. `formTargets` are the origins a form may lead to, its redirects included. */
export function pageHeaders(formTargets: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src ${STYLE_HASH}`,
    // Empty on purpose: the provider adds the hash of its own script to the one page that submits itself.
    'script-src',
    ["form-action 'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // `no-referrer` would blank the Origin header of the forms, which is checked.
    'referrer-policy': 'same-origin',
  }
}

/** The origin a form may lead to because of one of the client's addresses; nothing for anything odd. */
export function originsOf(uris: readonly (string | undefined)[]): string[] {
  const origins = uris.flatMap((uri) => {
    const url = uri === undefined ? null : URL.parse(uri)
    return url !== null && /^https?:$/.test(url.protocol) ? [url.origin] : []
  })
  return [...new Set(origins)]
}

export interface LoginPage {
  /** Path the form is sent to. */
  action: string
  csrf: string
  email?: string
  alert?: string
}

export function loginPage({ action, csrf, email = '', alert }: LoginPage): string {
  const warning = alert === undefined ? '' : `<p role="alert" id="alert">${escapeHtml(alert)}</p>`
  const described = alert === undefined ? '' : ' aria-describedby="alert" aria-invalid="true"'
  // The cursor starts where something is missing.
  const [onEmail, onPassword] = email === '' ? [' autofocus', ''] : ['', ' autofocus']
  return page(
    'Log in',
    `${warning}
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="csrf" value="${escapeHtml(csrf)}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${escapeHtml(email)}"${described}${onEmail}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="128"${described}${onPassword}>
<button type="submit">Log in</button>
</form>`,
  )
}

/** The provider gives the form with its CSRF token; the buttons belong to it by its id. */
export function logoutPage(form: string): string {
  return page(
    'Log out?',
    `${form}
<button type="submit" form="op.logoutForm" value="yes" name="logout">Log out</button>
<button type="submit" form="op.logoutForm" class="plain">Stay logged in</button>`,
  )
}

export function loggedOutPage(): string {
  return page('Logged out', '<p>You are logged out. You may close this page.</p>')
}

export function errorPage(text: string): string {
  return page(
    'That did not work',
    `<p role="alert">${escapeHtml(text)}</p><p>Go back to where you came from and start again.</p>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Medqueue</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
