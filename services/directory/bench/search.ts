/**
 * Measures the search at 10,000 doctors, through the whole service but the socket. Needs ADMIN_DATABASE_URL, a
 * superuser's URL of a PostgreSQL server; makes a database of its own and drops it. Ends with the p95 over all queries
 * together and that of the slowest one.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { createPool, migrate, provisionDatabase, withTransaction } from '@medqueue/database'
import { demoDoctors, demoId, demoSpecialties } from '@medqueue/demo-data'
import { createLogger } from '@medqueue/service-kit'
import type pg from 'pg'

import { buildApp } from '../src/app.ts'
import { seedDirectory } from '../src/seed.ts'
import { addDoctors } from '../src/store/add-doctors.ts'
import { refreshWords } from '../src/store/refresh-words.ts'

const DOCTORS = 10_000
const ROUNDS = 50
const TARGET_MS = 150

const cardiology = demoSpecialties().find(({ name }) => name === 'Cardiology')?.id ?? ''

const QUERIES: Record<string, string> = {
  'first page of all': '',
  'specialty and city': `specialty=${cardiology}&city=vitoria`,
  'one word': 'q=jacaranda',
  'one word, two letters swapped': 'q=jacarnada',
  'a number': 'q=00417',
  'a word most doctors have': 'q=clinic',
  'one letter': 'q=c',
  'a slip in a word most doctors have': 'q=vitorai',
  'a common word and a city': 'q=clinic&city=vitoria',
  'four words, two of them common': 'q=vitoria+clinic+cardiology+ipe',
  'six letters': 'q=o+c+v+j+a+s',
}

/** The demo doctors over and over, under other numbers. */
async function enlarge(pool: pg.Pool): Promise<void> {
  const demo = demoDoctors()
  const more = Array.from({ length: DOCTORS - demo.length }, (_, index) => {
    const model = demo[index % demo.length] ?? demo[0]
    if (model === undefined) throw new TypeError('there are no demo doctors')
    const name = model.name.replace(/\d+$/, String(demo.length + index + 1).padStart(5, '0'))
    return { ...model, name, id: demoId('doctor', name) }
  })
  await withTransaction(pool, async (client) => {
    await refreshWords(client, { doctorIds: await addDoctors(client, more) })
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(adminUrl: string): Promise<void> {
  const database = `bench_${randomBytes(6).toString('hex')}`
  const admin = createPool({ url: adminUrl, max: 1, name: 'bench-admin' })
  const password = randomBytes(12).toString('hex')
  const urls = await provisionDatabase({ adminUrl, database, ownerPassword: password, appPassword: password })
  const pool = createPool({ url: urls.appUrl, max: 4, name: 'bench', statementTimeoutMs: 60_000 })
  try {
    await migrate({ url: urls.ownerUrl, directory: join(import.meta.dirname, '../migrations') })
    await seedDirectory({ pool, now: new Date(), patients: 10 })
    await enlarge(pool)
    const owner = createPool({ url: urls.ownerUrl, max: 1, name: 'bench-owner' })
    await owner.query('ANALYZE')
    await owner.end()
    await measureAll(pool)
  } finally {
    await pool.end()
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`)
    await admin.query(`DROP ROLE ${database}_app, ${database}_owner`)
    await admin.end()
  }
}

async function measureAll(pool: pg.Pool): Promise<void> {
  const logger = createLogger({ service: 'directory', version: 'bench', level: 'silent' })
  const nowhere = { ISSUER: 'http://127.0.0.1:9', JWKS_URL: 'http://127.0.0.1:9', TOKEN_AUDIENCE: 'medqueue' }
  const app = await buildApp(
    { HOST: '127.0.0.1', PORT: 0, LOG_LEVEL: 'silent', ...nowhere },
    { pool, newId: randomUUID, now: () => new Date(), logger },
  )
  const all: number[] = []
  let worst = 0
  for (const [what, query] of Object.entries(QUERIES)) {
    const times: number[] = []
    let found = 0
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now()
      const answer = await app.inject({ url: `/v1/doctors?${query}` })
      times.push(performance.now() - started)
      found = answer.json<{ items: unknown[] }>().items.length
    }
    const p95 = quantile(times, 0.95)
    all.push(...times)
    worst = Math.max(worst, p95)
    say(
      `${what.padEnd(36)} ${String(found).padStart(3)} found  p50 ${ms(quantile(times, 0.5))}  p95 ${ms(p95)}`,
    )
  }
  await app.close()
  const figures = `p95 ${ms(quantile(all, 0.95)).trim()} over all, ${ms(worst).trim()} for the slowest query`
  say(`directory search at ${DOCTORS} doctors: ${figures} (target ${TARGET_MS} ms)`)
}

const quantile = (times: readonly number[], part: number) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? 0

const ms = (value: number) => `${value.toFixed(1).padStart(6)} ms`

const { ADMIN_DATABASE_URL } = process.env
if (ADMIN_DATABASE_URL === undefined) throw new Error('ADMIN_DATABASE_URL must be set')
await run(ADMIN_DATABASE_URL)
