/**
 * `make bench-rotas`: how long after somebody begins to change a rota the new times are in `GET /v1/slots`. The
 * scheduling service and the booking api are processes of their own, as in an installation; 200 doctors of ten rows
 * each, one change at a time; p50, p99 and the longest.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { type EventEnvelope, namesOf, streamsOf } from '@medqueue/contracts'
import { provisionDatabase } from '@medqueue/database'
import { connectBroker, ensureStream } from '@medqueue/messaging'
import { freePort, startNats, startPostgres, startRedis } from '@medqueue/servers'
import { createLogger } from '@medqueue/service-kit'
import { createTokenIssuer } from '@medqueue/testing'

import { answers, start } from './processes.ts'

const CHANGES = 500
const DOCTORS = 200
const GIVE_UP_MS = 10_000
const DAY_MS = 86_400_000
const SERVICES = join(import.meta.dirname, '../../../services')

const directory = resolve('.data/bench-rotas')
await rm(directory, { recursive: true, force: true })
await mkdir(directory, { recursive: true })
const server = async (name: string) => ({ dataDir: join(directory, name), port: await freePort() })
const postgres = await startPostgres(await server('postgres'))
const nats = await startNats({ ...(await server('nats')), monitorPort: await freePort() })
const redis = await startRedis(await server('redis'))
const issuer = await createTokenIssuer()
const prefix = `bench-${randomUUID().slice(0, 8)}`
const token = issuer.token({
  sub: randomUUID(),
  roles: ['admin'],
  exp: Math.floor(Date.now() / 1000) + 3_600,
})

/** Starts a service on a database of its own and gives its address. */
async function serve(name: string, file: string) {
  const password = randomUUID()
  const { ownerUrl, appUrl } = await provisionDatabase({
    adminUrl: postgres.url,
    database: name,
    ownerPassword: password,
    appPassword: password,
  })
  const port = String(await freePort())
  const env = {
    ...{ PORT: port, LOG_LEVEL: 'warn', DATABASE_URL: appUrl, MIGRATION_DATABASE_URL: ownerUrl },
    ...{ NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, REDIS_URL: redis.url },
    ...{
      ISSUER: issuer.issuer,
      JWKS_URL: issuer.jwksUrl,
      SUBJECT_PREFIX: prefix,
      RATE_LIMIT_PER_MINUTE: '0',
    },
  }
  const { stop } = start(name, join(SERVICES, file), env, join(directory, `${name}.log`))
  const base = `http://127.0.0.1:${port}`
  // It migrates its database first: on a busy machine that takes longer than one patience.
  await answers(`${base}/livez`).catch(async () => answers(`${base}/livez`))
  return { base, stop }
}

const doctors = Array.from({ length: DOCTORS }, () => randomUUID() as string)
const [clinicId, serviceId, specialtyId] = [randomUUID(), randomUUID(), randomUUID()]

/** Tells both services of the clinic, the service type and the doctors, as the directory would. */
async function tellDirectory(): Promise<void> {
  const logger = createLogger({ service: 'bench', version: '0.1.0', level: 'warn' })
  const broker = await connectBroker({ url: nats.url, monitorUrl: nats.monitorUrl, name: 'bench', logger })
  await ensureStream(broker.jsm, streamsOf(prefix).directoryEvents)
  const { subjects } = namesOf(prefix)
  const say = async (kind: 'clinic' | 'doctor' | 'service-type', said: { id: string }) => {
    const data = { version: 1, active: true, ...said }
    const head = { id: randomUUID(), source: 'bench', subject: said.id, version: 1 }
    const event: EventEnvelope = {
      ...head,
      type: `directory.${kind}.changed`,
      occurredAt: new Date().toISOString(),
      data,
    }
    await broker.js.publish(subjects.directory(kind, said.id), JSON.stringify(event))
  }
  await say('clinic', { id: clinicId, ...{ name: 'Clinic', city: 'City', state: 'ES', zone: 'UTC' } })
  const rules = { durationMinutes: 20, bufferAfterMinutes: 0, alignmentMinutes: 5, minimumNoticeMinutes: 0 }
  await say('service-type', {
    id: serviceId,
    ...{ name: 'Consultation', ...rules, horizonDays: 90, approval: 'automatic' },
  })
  for (const id of doctors)
    await say('doctor', {
      id,
      ...{ name: 'Doctor', specialtyId, clinicIds: [clinicId], serviceIds: [serviceId] },
    })
  await broker.close()
}

const send = async (url: string, method: 'POST' | 'PUT', body: object) =>
  fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' },
    body: JSON.stringify(body),
  })

const effectiveFrom = new Date().toISOString().slice(0, 10)
const morning = (weekday: number, minute: number) => {
  const begins = `08:${String(minute).padStart(2, '0')}`
  return { clinicId, weekday, start: begins, end: '12:00', effectiveFrom }
}

/** Gives a doctor two shifts on each of five weekdays; the id of the first. The directory's word may take a moment. */
async function addRotas(base: string, doctorId: string): Promise<string> {
  let first = ''
  for (const weekday of [1, 2, 3, 4, 5]) {
    const noon = { clinicId, weekday, start: '13:00', end: '17:00', effectiveFrom }
    for (const row of [morning(weekday, 0), noon]) {
      const answer = await untilMade(`${base}/v1/rotas`, { doctorId, ...row })
      first ||= answer.id
    }
  }
  return first
}

async function untilMade(url: string, body: object): Promise<{ id: string }> {
  for (const began = Date.now(); ; await delay(50)) {
    const answer = await send(url, 'POST', body)
    if (answer.status === 201) return (await answer.json()) as { id: string }
    const text = await answer.text()
    if (answer.status !== 422 || Date.now() - began > GIVE_UP_MS) throw new Error(text)
  }
}

/** The first free start of a doctor from an instant on; undefined when there is none. */
async function firstSlot(base: string, doctorId: string, from: Date): Promise<string | undefined> {
  const to = new Date(from.getTime() + DAY_MS)
  const query = { doctorId, serviceId, from: from.toISOString(), to: to.toISOString(), limit: '1' }
  const answer = await fetch(`${base}/v1/slots?${new URLSearchParams(query).toString()}`)
  const { slots = [] } = (await answer.json()) as { slots?: { start: string }[] }
  return slots[0]?.start
}

/** Midnight of a Monday at least two weeks ahead. */
function aMonday(): Date {
  const day = Math.floor(Date.now() / DAY_MS) + 14
  return new Date((day + ((11 - (day % 7)) % 7)) * DAY_MS)
}

async function untilFirst(base: string, doctorId: string, from: Date, time: string): Promise<void> {
  const began = performance.now()
  for (;;) {
    const found = await firstSlot(base, doctorId, from)
    if (found?.slice(11, 16) === time) return
    if (performance.now() - began > GIVE_UP_MS)
      throw new Error(`${time} did not come; the first slot is at ${found ?? 'no time'}`)
    await delay(2)
  }
}

const services: { stop: () => Promise<void> }[] = []
try {
  const scheduling = await serve('scheduling', 'scheduling/src/main.ts')
  services.push(scheduling)
  const booking = await serve('booking', 'booking/src/api-main.ts')
  services.push(booking)
  await tellDirectory()
  const rows: string[] = []
  for (const doctorId of doctors) rows.push(await addRotas(scheduling.base, doctorId))
  const monday = aMonday()
  await untilFirst(booking.base, doctors.at(-1) ?? '', monday, '08:00')
  const taken: number[] = []
  for (let change = 0; change < CHANGES; change++) {
    const index = change % DOCTORS
    const minute = 5 * (1 + (Math.floor(change / DOCTORS) % 11))
    const [doctorId = '', row = ''] = [doctors[index], rows[index]]
    const began = performance.now()
    const answer = await send(`${scheduling.base}/v1/rotas/${row}`, 'PUT', morning(1, minute))
    if (answer.status !== 200) throw new Error(await answer.text())
    await untilFirst(booking.base, doctorId, monday, `08:${String(minute).padStart(2, '0')}`)
    taken.push(performance.now() - began)
  }
  taken.sort((a, b) => a - b)
  const at = (share: number) =>
    (taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? NaN).toFixed(0)
  console.log(
    `change of a rota to slots, ${CHANGES} changes: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
  )
  console.log(`rota_to_slots_p99=${at(0.99)}ms`)
} finally {
  for (const { stop } of services) await stop()
  await Promise.all([issuer.close(), postgres.stop(), nats.stop(), redis.stop()])
}
