import {
  asRead,
  type Condition,
  conditionsOf,
  controllerReference,
  createClient,
  createManager,
  defineResource,
  type KubeObject,
  loadKubeConfig,
  type Manager,
  type Phase,
  serveProbes,
  TerminalError,
  watches,
  watchesOwned,
} from '@medqueue/operator-kit'

interface Greeting extends KubeObject {
  spec: { name: string }
  status?: { observedGeneration?: number; conditions?: Condition[] }
}
const greetings = defineResource<Greeting>({
  apiVersion: 'example.dev/v1',
  kind: 'Greeting',
  plural: 'greetings',
  namespaced: true,
})
interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}
const configMaps = defineResource<ConfigMap>({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
})

/** Keeps a ConfigMap with a greeting for each Greeting. */
export function addGreeter(manager: Manager): void {
  const { client, events } = manager
  const greeted = manager.informer(greetings)
  const made = manager.informer(configMaps, { labelSelector: 'example.dev/made-by=greeter' })

  async function report(greeting: Greeting, phase: Phase): Promise<void> {
    const { generation } = greeting.metadata
    const context = { generation, previous: greeting.status?.conditions, now: Date.now() }
    const status = { observedGeneration: generation ?? 0, conditions: conditionsOf(phase, context) }
    await client.applyStatus(greetings, { metadata: asRead(greeting), status })
  }

  manager.addController({
    name: 'greeter',
    sources: [watches(greeted), watchesOwned(made, greetings)],
    maxConcurrent: 4,
    reconcile: async (key) => {
      const greeting = greeted.get(key)
      if (greeting === undefined) return {} // Deleted: the owner reference takes the ConfigMap along.

      const { name } = greeting.spec
      if (name === '') {
        await report(greeting, { phase: 'stalled', reason: 'NobodyToGreet', message: 'spec.name is empty.' })
        throw new TerminalError('spec.name is empty') // No use in trying again until it changes.
      }
      if (made.get(key) === undefined) {
        const note = `Made a greeting for ${name}.`
        events.record(greeting, { type: 'Normal', reason: 'Greeted', action: 'Greeting', note })
      }
      const ownerReferences = [controllerReference(greeting)]
      const metadata = { ...key, ownerReferences, labels: { 'example.dev/made-by': 'greeter' } }
      await client.apply(configMaps, { metadata, data: { text: `Hello, ${name}!` } })
      await report(greeting, { phase: 'ready', reason: 'Greeted', message: `${name} is greeted.` })
      return { requeueAfterMs: 600_000 }
    },
  })
}

/** The whole process. */
export async function main(): Promise<void> {
  const { POD_NAME = 'greeter', POD_NAMESPACE = 'default' } = process.env
  const manager = createManager({
    name: 'example.dev/greeter',
    identity: `${POD_NAME}-${process.pid}`,
    client: createClient({ kubeConfig: loadKubeConfig(), fieldManager: 'greeter' }),
    leaderElection: { lease: { namespace: POD_NAMESPACE, name: 'greeter' } },
  })
  addGreeter(manager)
  await serveProbes(manager, { port: 8080 })

  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  await manager.run(stop.signal) // Rejects when the lease is lost: the process then ends, and its pod starts anew.
  process.exit(0)
}
