import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import { DEMO_PATIENTS, demoClinicOf, demoClinics, demoDoctors, demoServiceTypes } from '@medqueue/demo-data'

import { type Arrival, readRequests, replayOf } from './arrivals.ts'
import { LoadError } from './errors.ts'
import { chooseHotSlots } from './hot-slots.ts'
import { makeRequests } from './made-arrivals.ts'
import type { Plan } from './plan.ts'
import { ROOT } from './target.ts'

/** What a scenario's script reads, and what it changes in the plan. */
export interface World {
  /** The script's own data; JSON. */
  content: unknown
  /** Patients who need a token. */
  patients: number
  /** Seconds that all patients stay, when the data says so. */
  hold?: number
  /** For the report. */
  remarks: string[]
}

const DAY = 86_400_000
/** Vitória has kept three hours behind UTC the year round since 2019. */
const ZONE_OFFSET = 3 * 3_600_000
const MADE_ARRIVALS = 20_000

/** Makes the world of the plan's scenario. Throws LOAD_DATA, LOAD_WORLD. */
export async function makeWorld(plan: Plan, url: string, now: number): Promise<World> {
  switch (plan.scenario) {
    case 'journey':
    case 'soak':
      return { content: { doctors: doctors() }, patients: plan.vus, remarks: [] }
    case 'flash':
      return {
        content: { doctors: doctors() },
        patients: plan.vus,
        remarks: [plan.room ? 'through the waiting room' : 'without a waiting room'],
      }
    case 'hot-slots': {
      const slots = await chooseHotSlots(url, plan.slots, now)
      return { content: { slots }, patients: plan.vus, remarks: [`${slots.length} slots`] }
    }
    case 'replay':
      return replayWorld(plan, now)
  }
}

function doctors() {
  const automatic = new Set(
    demoServiceTypes().flatMap(({ id, approval }) => (approval === 'automatic' ? [id] : [])),
  )
  return demoDoctors().map(({ id, specialtyId, serviceIds }) => {
    return { id, specialtyId, serviceIds: serviceIds.filter((service) => automatic.has(service)) }
  })
}

async function replayWorld(plan: Plan, now: number): Promise<World> {
  const { requests, source } = await requestsOf(plan.data)
  const firstDay = (Math.floor((now - ZONE_OFFSET) / DAY) + 1) * DAY
  const replay = replayOf(requests, { within: plan.hold * 1_000, speedup: plan.speedup, firstDay })
  const serviceId = demoServiceTypes().find(({ name }) => name === 'Consultation')?.id
  const unknown = new Set<string>()
  const arrivals = replay.arrivals.map((arrival) => rowOf(arrival, unknown))
  return {
    content: { arrivals, serviceId },
    patients: Math.min(
      DEMO_PATIENTS,
      arrivals.reduce((most, [, , , , patient]) => Math.max(most, patient), 0) + 1,
    ),
    hold: replay.length / 1_000,
    remarks: [
      `${arrivals.length} arrivals from ${source}, ${Math.round(replay.speedup)} times as fast as they came`,
      ...(unknown.size === 0
        ? []
        : [`to the hospital, for want of a clinic of that name: ${[...unknown].join(', ')}`]),
    ],
  }
}

function rowOf({ at, neighbourhood, day, patient }: Arrival, unknown: Set<string>) {
  const clinic = demoClinicOf(neighbourhood) ?? demoClinics()[0]
  if (clinic?.neighbourhood === null) unknown.add(neighbourhood)
  const from = day + ZONE_OFFSET
  return [at, clinic?.id ?? '', iso(from), iso(from + DAY), patient % DEMO_PATIENTS] as const
}

const iso = (ms: number) => new Date(ms).toISOString()

/** Beside the repository, when it is there. */
const USUAL_DATA = resolve(ROOT, '../shared/data/vitoria-appointments-2016.csv')

async function requestsOf(named: string | undefined) {
  const file = named ?? (existsSync(USUAL_DATA) ? USUAL_DATA : undefined)
  if (file === undefined) {
    const neighbourhoods = demoClinics().flatMap(({ neighbourhood }) => neighbourhood ?? [])
    const shape = { count: MADE_ARRIVALS, days: 10, neighbourhoods, patients: MADE_ARRIVALS, seed: 7 }
    return { requests: makeRequests(shape), source: 'the hourly shape of real ones' }
  }
  const csv = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new LoadError('LOAD_DATA', `${file} cannot be read.`, { cause })
  })
  return { requests: readRequests(csv), source: file.replace(/^.*\//, '') }
}
