import type { AlertGroup } from './alerts/alert.ts'
import { bookingAlerts } from './alerts/booking.ts'
import { crowdAlerts } from './alerts/crowd.ts'
import { eventAlerts } from './alerts/events.ts'
import { operatorAlerts } from './alerts/operator.ts'
import { poolAlerts } from './alerts/pools.ts'
import { serviceAlerts } from './alerts/services.ts'
import { bookingBoard } from './boards/booking.ts'
import { operatorBoard } from './boards/operator.ts'
import { servicesBoard } from './boards/services.ts'

/** A dashboard as Grafana reads it. */
export interface BoardModel {
  uid?: string | undefined
  title?: string | undefined
  panels?: readonly PanelModel[]
}

/** A panel, or a row of them. */
export interface PanelModel {
  type: string
  title?: string
  targets?: readonly { expr?: string }[]
}

export interface Bundle {
  /** Chart that brings these along. */
  chart: 'medqueue' | 'medqueue-operator'
  boards: readonly BoardModel[]
  alerts: readonly AlertGroup[]
}

/** Every dashboard and alert, by chart. */
export const BUNDLES: readonly Bundle[] = [
  {
    chart: 'medqueue',
    boards: [bookingBoard.build(), servicesBoard.build()] as BoardModel[],
    alerts: [bookingAlerts, crowdAlerts, serviceAlerts, eventAlerts],
  },
  {
    chart: 'medqueue-operator',
    boards: [operatorBoard.build()] as BoardModel[],
    alerts: [poolAlerts, operatorAlerts],
  },
]
