/**
 * `login.ts <e-mail>`: logs in at the running platform as a browser would and prints the access token, for curl.
 * ISSUER names the issuer, PASSWORD the password; both have the demonstration's values when they are not set.
 */
import { logInWithCode, LogInError } from './cli/code-flow.ts'
import { DEMO_PASSWORD } from './demo-users.ts'
import { CLI_CLIENT } from './oidc/clients.ts'

const [email] = process.argv.slice(2)
const issuer = process.env.ISSUER ?? 'http://127.0.0.1:8080/oidc'

if (email === undefined) {
  process.stderr.write('Usage: login.ts <e-mail>, such as patient@demo.medqueue.dev\n')
  process.exitCode = 2
} else {
  try {
    const tokens = await logInWithCode({
      issuer,
      clientId: CLI_CLIENT,
      // Nothing listens there: the code is read from the redirect itself.
      redirectUri: 'http://127.0.0.1:1/callback',
      email,
      password: process.env.PASSWORD ?? DEMO_PASSWORD,
    })
    process.stdout.write(`${tokens.access_token}\n`)
  } catch (error) {
    const reason =
      error instanceof LogInError ? error.message : `${issuer} cannot be reached; is the platform up?`
    process.stderr.write(`No token: ${reason}\n`)
    process.exitCode = 1
  }
}
