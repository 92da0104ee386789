import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { clusterLayout, findProgram, installationOf, nodeProcesses, openPlatform } from '@medqueue/cluster'

import { LoadError } from './errors.ts'
import type { Target } from './target.ts'

/**
 * The platform in the cluster of KUBECONFIG, or of `make cluster`, loaded through its ingress (INGRESS_URL, when the
 * issuer's address is not it). Throws LOAD_NO_PLATFORM.
 */
export async function clusterTarget(env: NodeJS.ProcessEnv, urls: string[] | undefined): Promise<Target> {
  try {
    const layout = clusterLayout(env)
    const kubeconfig = env.KUBECONFIG ?? layout.kubeconfig
    if (!existsSync(kubeconfig)) throw new Error(`there is no ${kubeconfig}; \`make cluster\` makes one`)
    const kubectl = await findProgram('kubectl', console.error)
    const { namespace } = installationOf(env)
    const platform = await open({ kubectl, kubeconfig, ingress: env.INGRESS_URL, namespace }, urls)
    // What a cluster elsewhere takes cannot be seen from here.
    const here = resolve(kubeconfig) === layout.kubeconfig
    return here ? { ...platform, processes: () => nodeProcesses(layout) } : platform
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LoadError('LOAD_NO_PLATFORM', `No platform can be reached in the cluster: ${reason}`, { cause })
  }
}

async function open(
  options: Parameters<typeof openPlatform>[0],
  urls: string[] | undefined,
): Promise<Target> {
  const platform = await openPlatform(options)
  try {
    const booking = await platform.environment('booking-api')
    const identity = await platform.environment('identity')
    const reopened = async () => ({
      databaseUrl: await platform.reach(booking.DATABASE_URL ?? ''),
      natsUrl: await platform.reach(booking.NATS_URL ?? ''),
    })
    return {
      urls: urls ?? [platform.base.origin],
      ...(await reopened()),
      reopened,
      prefix: booking.SUBJECT_PREFIX ?? '',
      minting: {
        DATABASE_URL: await platform.reach(identity.DATABASE_URL ?? ''),
        ISSUER: platform.issuer,
        TOKEN_AUDIENCE: identity.TOKEN_AUDIENCE,
        KEY_ENCRYPTION_KEY: identity.KEY_ENCRYPTION_KEY,
      },
      processes: () => ({}),
      close: platform.close,
    }
  } catch (error) {
    await platform.close()
    throw error
  }
}
