import { apply, waitFor } from '@medqueue/cluster'
import type { ObjectKey } from '@medqueue/operator-kit'

import { TRIAL } from '../restore.ts'
import { INSTALLATION, type World } from '../world.ts'
import { DEPLOYMENTS, SERVICE_OBJECTS } from './kinds.ts'

const { namespace } = INSTALLATION
const NAME = 'e2e-routed'
const KEY: ObjectKey = { namespace, name: NAME }
const LABEL = 'medqueue.dev/gateway'
const PORT = 8_080

/** A path that nobody else has. */
export const ROUTED_PATH = '/v1/e2e-routed'

/** Answers at its path only, with its name. */
const SERVE = `
require('node:http').createServer((request, response) => {
  response.statusCode = ['/livez', '${ROUTED_PATH}'].includes(request.url) ? 200 : 404
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ by: '${NAME}' }))
}).listen(${PORT})
`

/** Starts the pod behind the Service, from an image that is on the node; nothing leads to it yet. */
export async function startRouted({ kubectl, client }: World): Promise<void> {
  const gateway = await client.get(DEPLOYMENTS, { namespace, name: `${INSTALLATION.release}-gateway` })
  await apply(kubectl, [podOf(gateway.spec.template.spec.containers[0]?.image ?? '')])
  const wait = ['wait', '--for=condition=Ready', `pod/${NAME}`, '--namespace', namespace]
  await kubectl([...wait, '--timeout=60s'])
}

/** Makes the Service, with the label. */
export async function addService({ client }: World): Promise<void> {
  await client.create(SERVICE_OBJECTS, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...KEY,
      labels: { ...TRIAL, [LABEL]: 'true' },
      annotations: { 'medqueue.dev/paths': ROUTED_PATH },
    },
    spec: { selector: { app: NAME }, ports: [{ name: 'http', port: 80, targetPort: PORT }] },
  })
}

/** Gives the Service the label, or takes it away. */
export async function label({ client }: World, value: 'true' | null): Promise<void> {
  await client.patch(SERVICE_OBJECTS, KEY, { metadata: { labels: { [LABEL]: value } } })
}

export async function removeService({ client }: World): Promise<void> {
  await client.delete(SERVICE_OBJECTS, KEY)
}

export async function removeRouted({ kubectl }: World): Promise<void> {
  const options = ['--namespace', namespace, '--ignore-not-found', '--timeout=60s']
  await kubectl(['delete', `service/${NAME}`, `pod/${NAME}`, ...options])
}

/** What the path answers through the ingress; 200 only from the pod itself. */
export async function answerOf({ platform }: World): Promise<number> {
  const answer = await fetch(new URL(ROUTED_PATH, platform.base), { signal: AbortSignal.timeout(5_000) })
  const text = await answer.text()
  if (answer.ok && !text.includes(NAME)) throw new Error(`somebody else answered: ${text.slice(0, 200)}`)
  return answer.status
}

/** Answers in a row that must agree: every gateway has had its turn. */
const IN_A_ROW = 20

/** Waits until the path answers so at every gateway; resolves to the milliseconds since `began`. */
export async function untilAnswers(
  world: World,
  status: 200 | 404,
  { began, limitMs }: { began: number; limitMs: number },
): Promise<number> {
  return waitFor(
    async () => {
      const agreed = performance.now() - began
      for (let count = 0; count < IN_A_ROW; count++) {
        const answer = await answerOf(world)
        if (answer !== status) throw new Error(`answer ${count + 1} in a row was ${answer}`)
      }
      return Math.round(agreed)
    },
    { what: `${status} at ${ROUTED_PATH}`, timeoutMs: limitMs, everyMs: 100 },
  )
}

/** As strict as the platform's own pods, for namespaces that admit no others. */
function podOf(image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    // The label on the pod lets the gateway reach it where network policies hold.
    metadata: { ...KEY, labels: { ...TRIAL, app: NAME, [LABEL]: 'true' } },
    spec: {
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: NAME,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', SERVE],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          readinessProbe: { httpGet: { path: '/livez', port: PORT }, periodSeconds: 1 },
        },
      ],
    },
  }
}
