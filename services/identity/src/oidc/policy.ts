import { interactionPolicy } from 'oidc-provider'

const { base, Check } = interactionPolicy

/**
 * When a person meets a page: only to log in. All clients are the installation's own, so nobody is asked for consent;
 * but a program on the person's machine cannot be told from an impostor, so it never gets a code without a log-in.
 */
export function createPolicy(): object {
  const policy = base()
  policy.remove('consent')
  const { checks } = policy.get('login') ?? {}
  checks?.add(
    new Check('native_client_login', 'programs need a log-in each time', 'login_required', ({ oidc }) => {
      const loggedInNow = oidc.result?.login !== undefined
      return oidc.client?.applicationType === 'native' && !loggedInNow
    }),
  )
  checks?.add(
    new Check('account_gone', 'the account of the session is not active', 'login_required', ({ oidc }) => {
      return oidc.session?.accountId !== undefined && oidc.entities.Account === undefined
    }),
  )
  return policy
}
