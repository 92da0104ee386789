import { KEDA_SETTINGS, type KedaSetting, type Setting } from '../plan.ts'
import { CONSUMER, STREAM, WORKERS } from '../world/names.ts'

export interface ScaledObjectOptions {
  setting: Setting
  maxReplicas: number
  /** `host:port` of the broker's monitoring. */
  monitor: string
}

/** What KEDA is told. Everything but the defaults takes away all that slows it down: polls, cool-down, HPA limits. */
export function scaledObjectSpec({ setting, maxReplicas, monitor }: ScaledObjectOptions): object {
  const { threshold, fromIdle }: KedaSetting = KEDA_SETTINGS[setting]
  return {
    scaleTargetRef: { name: WORKERS.name },
    maxReplicaCount: maxReplicas,
    ...(threshold === undefined ? {} : TUNED),
    ...(fromIdle === undefined ? {} : { minReplicaCount: fromIdle, idleReplicaCount: 0 }),
    triggers: [
      {
        type: 'nats-jetstream',
        metadata: {
          account: '$G',
          natsServerMonitoringEndpoint: monitor,
          stream: STREAM,
          consumer: CONSUMER,
          ...(threshold === undefined ? {} : { lagThreshold: String(threshold) }),
        },
      },
    ],
  }
}

const TUNED = {
  pollingInterval: 1,
  cooldownPeriod: 30,
  minReplicaCount: 0,
  advanced: {
    horizontalPodAutoscalerConfig: {
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 100, periodSeconds: 1 }],
        },
        scaleDown: {
          stabilizationWindowSeconds: 30,
          policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }],
        },
      },
    },
  },
} as const
