import type { Config } from '../config.ts'

export const WEB_CLIENT = 'medqueue-web'
export const CLI_CLIENT = 'medqueue-cli'

/** Any port of the loopback interface, as RFC 8252 has it for programs on the person's own machine. */
const LOOPBACK = ['http://127.0.0.1/callback', 'http://[::1]/callback']

/** Every client there is. None can register itself. */
export function clientsOf(config: Config): object[] {
  const person = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }
  return [
    {
      ...person,
      client_id: WEB_CLIENT,
      client_name: 'Medqueue',
      application_type: 'web',
      redirect_uris: config.WEB_REDIRECT_URIS,
      post_logout_redirect_uris: config.WEB_LOGOUT_URIS,
    },
    {
      ...person,
      client_id: CLI_CLIENT,
      client_name: 'Medqueue command line',
      application_type: 'native',
      redirect_uris: LOOPBACK,
    },
    ...config.serviceClients.map(({ id, secret }) => ({
      client_id: id,
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    })),
  ]
}
