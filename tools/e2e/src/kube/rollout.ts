import { INSTALLATION, type World } from '../world.ts'

/**
 * Starts workloads of the platform anew, named as in `deployment/medqueue-gateway`, and waits until all of them have been
 * replaced. Rejects when one of them takes longer than `timeout`, such as `4m`.
 */
export async function restart({ kubectl }: World, names: readonly string[], timeout: string): Promise<void> {
  const place = ['--namespace', INSTALLATION.namespace]
  await kubectl(['rollout', 'restart', ...place, ...names])
  await Promise.all(
    names.map(async (name) => kubectl(['rollout', 'status', ...place, name, `--timeout=${timeout}`])),
  )
}
